package completion

import (
	"fmt"
	"strings"
)

func (p program) fish() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion for %[1]s. In ~/.config/fish/config.fish: %[1]s completion fish | source\n", p.name)
	fmt.Fprintf(&b, "complete -c %s -f\n", p.name)
	for _, c := range p.commands {
		fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", p.name, c.name, fishQuoted(summary(c.help)))
	}
	for _, c := range p.commands {
		start := fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", p.name, c.name)
		if c.values != nil {
			fmt.Fprintf(&b, "%s -a %s\n", start, fishQuoted(strings.Join(c.values, " ")))
		}
		for _, f := range c.flags {
			fmt.Fprintf(&b, "%s%s -d %s\n", start, f.fish(), fishQuoted(summary(f.help)))
		}
	}
	return b.String()
}

// fish are the options of fish's own complete.
func (f flag) fish() string {
	options := " -l " + f.name
	if f.short != "" {
		options += " -s " + f.short
	}
	switch {
	case f.values != nil:
		options += " -x -a " + fishQuoted(strings.Join(f.values, " "))
	case f.files:
		options += " -r -F"
	case f.takes:
		options += " -x"
	}
	return options
}

func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
