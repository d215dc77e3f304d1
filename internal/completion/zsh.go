package completion

import (
	"fmt"
	"strings"
)

func (p program) zsh() string {
	var b strings.Builder
	fmt.Fprintf(&b, `#compdef %[1]s
# zsh completion for %[1]s. In ~/.zshrc, after compinit: source <(%[1]s completion zsh)
_%[1]s() {
	local context curcontext="$curcontext" state line
	typeset -A opt_args
	_arguments -C '(-h --help)'{-h,--help}'[Show help]' '1: :->command' '*:: :->rest'
	case $state in
	command)
		local -a commands
		commands=(
`, p.name)
	for _, c := range p.commands {
		fmt.Fprintf(&b, "\t\t\t%s\n", quoted(c.name+":"+summary(c.help)))
	}
	b.WriteString("\t\t)\n\t\t_describe command commands\n\t\t;;\n\trest)\n\t\tcase $words[1] in\n")
	for _, c := range p.commands {
		c.zsh(&b)
	}
	fmt.Fprintf(&b, "\t\tesac\n\t\t;;\n\tesac\n}\ncompdef _%s %[1]s\n", p.name)
	return b.String()
}

func (c command) zsh(b *strings.Builder) {
	fmt.Fprintf(b, "\t\t%s)\n\t\t\t_arguments", c.name)
	for _, f := range c.flags {
		for _, spelling := range f.spellings() {
			fmt.Fprintf(b, " \\\n\t\t\t\t%s", quoted(f.zshSpec(spelling)))
		}
	}
	if c.values != nil {
		fmt.Fprintf(b, " \\\n\t\t\t\t%s", quoted("1:value:("+strings.Join(c.values, " ")+")"))
	}
	b.WriteString("\n\t\t\t;;\n")
}

// zshSpec is like "--output=[Form of the output]:value:(text json)".
func (f flag) zshSpec(spelling string) string {
	spec := spelling
	if f.takes && strings.HasPrefix(spelling, "--") {
		spec += "="
	}
	spec += "[" + strings.NewReplacer("[", "(", "]", ")", ":", " -").Replace(summary(f.help)) + "]"
	switch {
	case f.values != nil:
		return spec + ":value:(" + strings.Join(f.values, " ") + ")"
	case f.files:
		return spec + ":file:_files"
	case f.takes:
		return spec + ":value: "
	default:
		return spec
	}
}

// quoted is text for zsh and bash in single quotes.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
