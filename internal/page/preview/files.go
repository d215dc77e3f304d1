package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
)

// files are where everything shown is read from, anew for each request.
type files struct {
	source, template, brand string // the last two may be empty
}

// contents are the files as they are at the moment.
type contents struct {
	pages    *page.Sources
	template string
	brand    page.Brand
}

// read returns an error of one line that names the file. What can be shown is shown even then.
func (f files) read() (contents, error) {
	var c contents
	pages, err := page.Load(os.DirFS(f.source))
	if err != nil {
		return c, fmt.Errorf("--source %q: %w", f.source, err)
	}
	c.pages = pages
	template, templateErr := f.readTemplate()
	brand, brandErr := f.readBrand()
	c.template, c.brand = template, brand
	return c, cmp.Or(templateErr, brandErr)
}

func (f files) readTemplate() (string, error) {
	if f.template == "" {
		return "", nil
	}
	text, err := os.ReadFile(f.template)
	if err == nil {
		err = page.CheckTemplate(string(text))
	}
	if err != nil {
		return string(text), fmt.Errorf("--template %q: %w", f.template, err)
	}
	return string(text), nil
}

func (f files) readBrand() (page.Brand, error) {
	var brand page.Brand
	if f.brand == "" {
		return brand, nil
	}
	text, err := os.ReadFile(f.brand)
	if err != nil {
		return brand, fmt.Errorf("--brand %q: %w", f.brand, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(&brand); err == nil && decoder.More() {
		err = errors.New("more than one JSON document")
	}
	if err == nil {
		err = page.CheckBrand(brand)
	}
	if err != nil {
		return brand, fmt.Errorf("--brand %q: %w", f.brand, err)
	}
	return brand, nil
}

// version changes when a file is saved, added or removed. The sizes count too: two saves may fall into one tick of the
// file system's clock.
func (f files) version() string {
	sum := fnv.New64a()
	look := func(name string) {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintln(sum, name, info.Size(), info.ModTime().UnixNano())
		}
	}
	for _, pattern := range []string{"*.tmpl.html", "page.*", "lang/*.json", "testdata/*.tmpl.html"} {
		names, err := fs.Glob(os.DirFS(f.source), pattern)
		if err != nil {
			continue // the patterns are well-formed
		}
		for _, name := range names {
			look(filepath.Join(f.source, name))
		}
	}
	look(f.template)
	look(f.brand)
	return strconv.FormatUint(sum.Sum64(), 36)
}

const (
	lookEvery = 200 * time.Millisecond
	// waitFor is how long a request for changes is held; then the browser asks again.
	waitFor = 25 * time.Second
)

// changes answers when the files are no longer those of the query's version: 200, or 204 if nothing happened.
func (s *server) changes(rw http.ResponseWriter, r *http.Request) {
	ticker, timer := time.NewTicker(lookEvery), time.NewTimer(waitFor)
	defer ticker.Stop()
	defer timer.Stop()
	for s.files.version() == r.URL.Query().Get("since") {
		select {
		case <-ticker.C:
		case <-timer.C:
			rw.WriteHeader(http.StatusNoContent)
			return
		case <-r.Context().Done():
			return
		}
	}
	rw.WriteHeader(http.StatusOK)
}
