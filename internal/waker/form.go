package waker

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/catnap-dev/catnap/internal/page"
)

const (
	// maxForm is how much of a form is kept: with the page around it, it must fit into a function's answer.
	maxForm = 256 << 10
	// maxFields bounds what a browser has to lay out.
	maxFields = 1000
)

// keptForm returns what a person sent by a form, for a page that offers to send it again. It is nil for what can't be
// kept as it was, and for a form of another site: what that one made a visitor's browser send must not come back as if
// the visitor had filled it in here.
func (v *visit) keptForm() *page.Form {
	r := requestOf(v.r)
	ours := r.SameSite() && (r.Origin != "" || r.SecFetchSite != "")
	if !ours || v.readBody() != nil || len(v.body) > maxForm {
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(r.ContentType)
	if err != nil {
		return nil
	}
	var fields []page.Field
	switch kind {
	case "application/x-www-form-urlencoded":
		fields, err = urlencoded(string(v.body))
	case "multipart/form-data":
		fields, err = multiparts(v.body, parameters["boundary"])
	default:
		err = errors.New("a form of another kind")
	}
	if err != nil || len(fields) == 0 || len(fields) > maxFields {
		return nil
	}
	return &page.Form{Multipart: kind == "multipart/form-data", Fields: fields}
}

var errNotUTF8 = errors.New("not UTF-8: a page in UTF-8 would send it differently")

// urlencoded keeps the fields' order, which url.ParseQuery loses.
func urlencoded(body string) ([]page.Field, error) {
	var fields []page.Field
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		field, err := unescaped(name, value)
		if err != nil {
			return nil, err
		}
		if pair != "" {
			fields = append(fields, field)
		}
	}
	return fields, nil
}

func unescaped(name, value string) (page.Field, error) {
	key, err := url.QueryUnescape(name)
	if err != nil {
		return page.Field{}, err
	}
	text, err := url.QueryUnescape(value)
	if err != nil {
		return page.Field{}, err
	}
	if !utf8.ValidString(key + text) {
		return page.Field{}, errNotUTF8
	}
	return page.Field{Name: key, Value: text}, nil
}

func multiparts(body []byte, boundary string) ([]page.Field, error) {
	var fields []page.Field
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		field, err := partField(part)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
	}
}

func partField(part *multipart.Part) (page.Field, error) {
	data, err := io.ReadAll(part)
	if err != nil {
		return page.Field{}, err
	}
	_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return page.Field{}, err
	}
	field := page.Field{Name: part.FormName()}
	if _, file := disposition["filename"]; file {
		field.File, field.Filename, field.Type, field.Data = true, part.FileName(), part.Header.Get("Content-Type"), data
		return field, nil
	}
	if !utf8.Valid(data) {
		return page.Field{}, errNotUTF8
	}
	field.Value = string(data)
	return field, nil
}
