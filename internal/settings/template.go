package settings

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// maxTemplate bounds what a parameter of 4 KB may unpack to.
const maxTemplate = 64 << 10

// parseTemplate unpacks what `gzip -9 < page.html | base64` makes of an HTML template. The detour has two reasons: SSM
// refuses values with double braces, and 4 KB hold a page of some 12 KB that way.
func parseTemplate(text []byte) (string, error) {
	packed, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(text), nil)))
	if err != nil {
		return "", fmt.Errorf("read page template: %w", err)
	}
	unpack, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", fmt.Errorf("read page template: %w", err)
	}
	template, err := io.ReadAll(io.LimitReader(unpack, maxTemplate+1))
	if err == nil && len(template) > maxTemplate {
		err = errors.New("more than 64 KB")
	}
	if err != nil {
		return "", fmt.Errorf("read page template: %w", err)
	}
	return string(template), nil
}
