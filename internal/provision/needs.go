package provision

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Tools are what there is on a computer.
type Tools struct {
	Go, NPX bool
	// Node is what `node --version` says; empty if there is no Node.
	Node string
}

// oldestNode that the CDK's library runs in.
const oldestNode = 20

const getNode = "get Node 20 or newer, with npm, from https://nodejs.org or your system's packages"

// Missing has a line for everything that is missing, with how to get it.
func (t Tools) Missing() error {
	var errs []error
	if !t.Go {
		errs = append(errs, errors.New("find go: not on the PATH; get it from https://go.dev/dl"))
	}
	switch version, ok := major(t.Node); {
	case t.Node == "":
		errs = append(errs, errors.New("find node: not on the PATH; "+getNode))
	case !ok:
		errs = append(errs, fmt.Errorf("find node: its version %q cannot be read; %s", t.Node, getNode))
	case version < oldestNode:
		errs = append(errs, fmt.Errorf("find node: %s is too old; %s", t.Node, getNode))
	}
	if !t.NPX {
		errs = append(errs, errors.New("find npx: not on the PATH; it comes with npm, which some systems package apart "+
			"from Node"))
	}
	return errors.Join(errs...)
}

// major is the first number of a version like "v20.20.2".
func major(version string) (n int, ok bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	n, err := strconv.Atoi(first)
	return n, err == nil
}
