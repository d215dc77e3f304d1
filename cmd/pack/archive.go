package main

import (
	"archive/zip"
	"bytes"
	"time"
)

// epoch is the oldest time that a zip can hold.
func epoch() time.Time { return time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC) }

// archive zips a function as Lambda wants it: a file called bootstrap that may be executed.
func archive(code []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: epoch()}
	header.SetMode(0o755)
	file, err := w.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(code); err != nil {
		return nil, err
	}
	err = w.Close() // writes the directory
	return packed.Bytes(), err
}
