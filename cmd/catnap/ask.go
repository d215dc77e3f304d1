package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

var (
	errNobody   = errors.New("confirm: nobody is there to be asked, as the input is no terminal: say --yes")
	errDeclined = errors.New("confirm: not confirmed, nothing was changed")
)

// ask returns what asks the user before something is stopped or moved; nil after --yes.
func (t *terminal) ask(yes bool) func(question string) error {
	if yes {
		return nil
	}
	return t.confirm
}

// confirm takes y and yes for yes, and everything else for no.
func (t *terminal) confirm(question string) error {
	if !interactive(t.stdin) {
		return &usageError{errNobody}
	}
	fmt.Fprint(t.stderr, question, " [y/N] ")
	answer, err := bufio.NewReader(t.stdin).ReadString('\n')
	if err != nil && answer == "" { // closed, as /dev/null is, which looks like a terminal
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

// interactive tells whether somebody may be typing there.
func interactive(in any) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
