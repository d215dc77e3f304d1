package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestBadInput(t *testing.T) {
	brand, template := write(t, "brand.json", `{"accent": "red"}`), write(t, "own.tmpl.html", "{{.Bogus}}")
	unknown := write(t, "unknown.json", `{"color": "#123456"}`)
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"unknown flag", []string{"--bogus"}, "unknown flag --bogus"},
		{"no such address", []string{"--source", "..", "--listen", "nowhere"}, `--listen "nowhere"`},
		{"no such source", []string{"--source", "nowhere"}, `--source "nowhere"`},
		{"no such template", []string{"--source", "..", "--template", "nowhere"}, `--template "nowhere"`},
		{"broken template", []string{"--source", "..", "--template", template}, "Bogus"},
		{"no such brand", []string{"--source", "..", "--brand", "nowhere"}, `--brand "nowhere"`},
		{"wrong brand", []string{"--source", "..", "--brand", brand}, `accent "red" must be`},
		{"two mistakes", []string{"--source", "..", "--brand", brand, "--template", template}, "Bogus"},
		{"two brands", []string{"--source", "..", "--brand", write(t, "two.json", "{} {}")}, "more than one"},
		{"unknown key", []string{"--source", "..", "--brand", unknown}, `unknown field "color"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			code := run(t.Context(), tt.args, io.Discard, &stderr)
			if code != exitUsage || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("run() = %d with %q, want %d with %q", code, stderr.String(), exitUsage, tt.want)
			}
			if strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("%q is not one line", stderr.String())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"--help"}, &stdout, io.Discard); code != 0 {
		t.Errorf("run() = %d, want 0", code)
	}
	for _, flag := range []string{"--listen", "--template", "--brand"} {
		if !strings.Contains(stdout.String(), flag) {
			t.Errorf("the help lacks %s", flag)
		}
	}
}

// TestEndsWithItsContext: SIGINT ends the context, and that is no failure.
func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read, stdout := io.Pipe()
	done := make(chan int)
	go func() { done <- run(ctx, []string{"--source", "..", "--listen", "127.0.0.1:0"}, stdout, io.Discard) }()
	line := make([]byte, 64)
	n, err := read.Read(line)
	if err != nil || !strings.HasPrefix(string(line[:n]), "ready http://127.0.0.1:") {
		t.Errorf("printed %q, %v", line[:n], err)
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("run() = %d, want 0", code)
	}
}
