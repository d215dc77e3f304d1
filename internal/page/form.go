package page

import (
	"cmp"
	"strings"
)

// maxFilename is the longest name of a file that is shown in full.
const maxFilename = 80

// FormView is a posted form as a template writes it back.
type FormView struct {
	Multipart bool
	Fields    []FieldView
}

// FieldView is one field: a hidden one, or one to choose a file again.
type FieldView struct {
	Name, Value string
	Lines       bool   // the value has line breaks and goes into a textarea
	File        bool   // there is no value
	Label       string // asks for the file by its name; empty: none was chosen, so none is asked for
}

// FileData are the bytes of a file, which only the script can put back into the form.
type FileData struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"` // base64
}

func newFormView(form *Form, texts map[string]string) *FormView {
	if form == nil {
		return nil
	}
	v := &FormView{Multipart: form.Multipart, Fields: make([]FieldView, 0, len(form.Fields))}
	for _, f := range form.Fields {
		field := FieldView{Name: f.Name, Value: f.Value, Lines: strings.ContainsAny(f.Value, "\r\n"), File: f.File}
		if f.File && f.Filename != "" {
			field.Label = fill(texts["resend_file"], "file", printable(f.Filename, maxFilename))
		}
		v.Fields = append(v.Fields, field)
	}
	return v
}

// fileData has an entry for each file of the form, in its order, since that is how the script finds the inputs.
func fileData(form *Form) []FileData {
	var files []FileData
	for _, f := range form.Fields {
		if f.File {
			files = append(files, FileData{f.Filename, cmp.Or(f.Type, "application/octet-stream"), f.Data})
		}
	}
	return files
}
