package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// TestNobodyIsThere: where nobody can answer, a question is an error and no answer.
func TestNobodyIsThere(t *testing.T) {
	null, err := os.Open(os.DevNull) // looks like a terminal
	if err != nil {
		t.Fatal(err)
	}
	pipe, end, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(null.Close(), pipe.Close(), end.Close()); err != nil {
			t.Error(err)
		}
	}()
	for name, term := range map[string]*terminal{
		"a pipe": {stdin: pipe}, "nothing": {}, "a text": {stdin: strings.NewReader("y\n")}, "the null device": {stdin: null},
	} {
		term.stderr = &bytes.Buffer{}
		err := term.ask(t.Context(), false)("Really?")
		if _, usage := errors.AsType[*usageError](err); !usage || !strings.Contains(err.Error(), "say --yes") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestInterruptedQuestion: an interrupt is an answer, though nothing is typed.
func TestInterruptedQuestion(t *testing.T) {
	device, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there are no pseudo-terminals here:", err)
	}
	defer func() { _ = device.Close() }() // nothing was written
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	err = (&terminal{stdin: device, stderr: &bytes.Buffer{}}).ask(ctx, false)("Really?")
	if exitCode(err) != exitInterrupted || !errors.Is(err, errDeclined) {
		t.Errorf("error %v", err)
	}
}

func TestYesAsksNothing(t *testing.T) {
	if (&terminal{}).ask(t.Context(), true) != nil {
		t.Error("there is something to ask")
	}
}

func TestParsePin(t *testing.T) {
	now := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		service string
		until   time.Duration // from now
		err     string
	}{
		"8h":                              {"", 8 * time.Hour, ""},
		"web 90m":                         {"web", 90 * time.Minute, ""},
		"web 2d":                          {"web", 48 * time.Hour, ""},
		"2d12h30m":                        {"", 60*time.Hour + 30*time.Minute, ""},
		"0d1h":                            {"", time.Hour, ""},
		"366d":                            {"", 366 * day, ""},
		"until 2026-11-25T14:00:00+01:00": {"", time.Hour, ""},
		"web until 2026-11-26T12:00:00Z":  {"web", day, ""},

		"":                               {err: "read arguments: must be [SERVICE] and a duration like 8h or 2d"},
		"web":                            {err: `read duration "web": must be like 8h, 90m, 2d or 2d12h`},
		"web api 8h":                     {err: "read arguments: must be"},
		"0h":                             {err: `read duration "0h": must be`},
		"-1h":                            {err: `read duration "-1h": must be`},
		"1d-1h":                          {err: `read duration "1d-1h": must be`},
		"8":                              {err: `read duration "8": must be`},
		"d":                              {err: `read duration "d": must be`},
		"1.5d":                           {err: `read duration "1.5d": must be`},
		"2w":                             {err: `read duration "2w": must be`},
		"367d":                           {err: `read duration "367d": must be`},
		"9000h":                          {err: "must be within a year"},
		"999999999999999h":               {err: `read duration "999999999999999h": must be`},
		"until 8h":                       {err: `read time "8h": must be an RFC 3339 time like "2026-01-31T18:00:00Z"`},
		"until":                          {err: `read duration "until": must be`},
		"until 2026-11-25":               {err: `read time "2026-11-25": must be an RFC 3339 time`},
		"until 2026-11-25T12:00:00Z":     {err: `read time "2026-11-25T12:00:00Z": is over, must be in the future`},
		"until 2028-11-25T12:00:00Z":     {err: `read time "2028-11-25T12:00:00Z": must be within a year`},
		"a b until 2026-11-26T12:00:00Z": {err: "read arguments: must be"},
	}
	for line, test := range tests {
		order, err := parsePin(strings.Fields(line))
		var until time.Time
		if err == nil {
			until, err = order.end(now)
		}
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%q: error %v, want %q in it", line, err, test.err)
			}
		case err != nil || order.service != test.service || !until.Equal(now.Add(test.until)):
			t.Errorf("%q: %q until %s (%v), want %q for %s", line, order.service, until, err, test.service, test.until)
		}
	}
}
