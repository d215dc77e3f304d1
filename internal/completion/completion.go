// Package completion writes scripts that let a shell complete a command line, from kong's model of it.
//
// The scripts are static: completing calls neither the program nor AWS, so that names of services are not completed. It
// knows commands of one level, which is what catnap has.
package completion

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Shells are those that Script knows.
var Shells = []string{"bash", "zsh", "fish"}

// Script is the script for a shell.
func Script(shell string, app *kong.Application) (string, error) {
	p := programOf(app)
	switch shell {
	case "bash":
		return p.bash(), nil
	case "zsh":
		return p.zsh(), nil
	case "fish":
		return p.fish(), nil
	default:
		return "", fmt.Errorf("write completion for %q: must be one of %s", shell, strings.Join(Shells, ", "))
	}
}

type program struct {
	name     string
	commands []command
}

type command struct {
	name, help string
	flags      []flag
	values     []string // of its argument, if those are known
}

type flag struct {
	name, short, help string
	takes             bool     // a value
	values            []string // if those are known
	files             bool     // the value is a path
}

func programOf(app *kong.Application) program {
	p := program{name: app.Name}
	for _, node := range app.Leaves(true) {
		c := command{name: node.Name, help: node.Help}
		for _, level := range node.AllFlags(true) {
			for _, f := range level {
				c.flags = append(c.flags, flagOf(f))
			}
		}
		for _, positional := range node.Positional {
			c.values = append(c.values, known(positional)...)
		}
		p.commands = append(p.commands, c)
	}
	return p
}

func flagOf(f *kong.Flag) flag {
	short := ""
	if f.Short != 0 {
		short = string(f.Short)
	}
	return flag{
		name: f.Name, short: short, help: f.Help, takes: !f.IsBool() && !f.IsCounter(), values: known(f.Value),
		files: slices.Contains([]string{"path", "existingfile", "existingdir", "filecontent"}, f.Tag.Type),
	}
}

// known are the values of an enum, without the empty one.
func known(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return slices.DeleteFunc(v.EnumSlice(), func(s string) bool { return s == "" })
}

// words are all that may come next where no value is due.
func (c command) words() []string {
	words := slices.Clone(c.values)
	for _, f := range c.flags {
		words = append(words, "--"+f.name)
	}
	return words
}

// spellings are the ways to write a flag.
func (f flag) spellings() []string {
	if f.short == "" {
		return []string{"--" + f.name}
	}
	return []string{"--" + f.name, "-" + f.short}
}

// summary is the first sentence: a completion is one line.
func summary(help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(strings.TrimSpace(first), ".")
}
