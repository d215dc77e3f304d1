package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

var (
	errNobody   = errors.New("confirm: nobody is there to be asked, as the input is no terminal: say --yes")
	errDeclined = errors.New("confirm: not confirmed, nothing was changed")
)

// ask returns what asks the user before something is stopped or moved, until ctx ends; nil after --yes.
func (t *terminal) ask(ctx context.Context, yes bool) func(question string) error {
	if yes {
		return nil
	}
	return func(question string) error { return t.confirm(ctx, question) }
}

// confirm takes y and yes for yes, and everything else for no.
func (t *terminal) confirm(ctx context.Context, question string) error {
	if !interactive(t.stdin) {
		return &usageError{errNobody}
	}
	fmt.Fprint(t.stderr, question, " [y/N] ")
	answer, err := t.line(ctx)
	switch {
	case ctx.Err() != nil: // an interrupt does not end the reading of a terminal
		fmt.Fprintln(t.stderr)
		return &interruptedError{errDeclined}
	case err != nil && answer == "": // closed
		fmt.Fprintln(t.stderr)
		return &usageError{errNobody}
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	default:
		return errDeclined
	}
}

// line reads what is typed, until ctx ends; then the process is about to end, and the reader with it.
func (t *terminal) line(ctx context.Context) (answer string, err error) {
	typed := make(chan struct{})
	var text string
	var failed error
	go func() {
		text, failed = bufio.NewReader(t.stdin).ReadString('\n')
		close(typed)
	}()
	select {
	case <-typed:
		return text, failed
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// interactive tells whether somebody may be typing there.
func interactive(in any) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // a device of characters, too
	return err != nil || !os.SameFile(info, null)
}
