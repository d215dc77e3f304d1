package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameSourceSameBytes: two builds in two places are alike to the last bit, and hold what Lambda wants.
func TestSameSourceSameBytes(t *testing.T) {
	t.Chdir("../..")
	var zips [2][]byte
	for i := range zips {
		dir := t.TempDir()
		var out bytes.Buffer
		c := cli{Out: dir, Arch: "arm64", Functions: []string{"costguard"}}
		if err := c.run(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "costguard.zip") || !strings.Contains(out.String(), " MB, ") {
			t.Errorf("tells %q", out.String())
		}
		packed, err := os.ReadFile(filepath.Join(dir, "costguard.zip"))
		if err != nil {
			t.Fatal(err)
		}
		zips[i] = packed
	}
	if !bytes.Equal(zips[0], zips[1]) {
		t.Error("two builds differ")
	}
	isFunction(t, zips[0])
}

func isFunction(t *testing.T, packed []byte) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != 1 || r.File[0].Name != "bootstrap" || r.File[0].Mode() != 0o755 {
		t.Fatalf("holds %v", r.File)
	}
	file, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 20)
	if _, err := io.ReadFull(file, head); err != nil {
		t.Fatal(err)
	}
	const arm64 = 0xB7 // ELF's number for AArch64
	if !bytes.HasPrefix(head, []byte("\x7fELF")) || head[18] != arm64 {
		t.Errorf("bootstrap begins with % x", head)
	}
}

func TestUnknownFunction(t *testing.T) {
	t.Chdir("../..")
	c := cli{Out: t.TempDir(), Arch: "arm64", Functions: []string{"none"}}
	if err := c.run(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "pack none: ") {
		t.Errorf("error %v", err)
	}
}

func TestOutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := (cli{}).run(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "repository's root") {
		t.Errorf("error %v", err)
	}
}
