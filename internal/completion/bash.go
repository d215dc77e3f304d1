package completion

import (
	"fmt"
	"strings"
)

// bash splits words at "=", so that a value may be two words behind its flag.
func (p program) bash() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# bash completion for %[1]s. In ~/.bashrc: source <(%[1]s completion bash)
_%[1]s() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		%[2]s) command=${COMP_WORDS[i]}; break ;;
		esac
	done
	if [[ $cur == "=" ]]; then
		cur=
	elif [[ $prev == "=" ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	COMPREPLY=()
	case $command:$prev in
`, p.name, strings.Join(p.names(), "|"))
	for _, c := range p.commands {
		c.bashValues(&b)
	}
	b.WriteString("\tesac\n\tlocal words=\n\tcase $command in\n")
	fmt.Fprintf(&b, "\t\"\") words=%q ;;\n", strings.Join(p.names(), " "))
	for _, c := range p.commands {
		fmt.Fprintf(&b, "\t%s) words=%q ;;\n", c.name, strings.Join(c.words(), " "))
	}
	fmt.Fprintf(&b, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -F _%s %[1]s\n", p.name)
	return b.String()
}

// bashValues completes what comes behind a flag that takes a value.
func (c command) bashValues(b *strings.Builder) {
	for _, f := range c.flags {
		if !f.takes {
			continue
		}
		var patterns []string
		for _, spelling := range f.spellings() {
			patterns = append(patterns, c.name+":"+spelling)
		}
		fmt.Fprintf(b, "\t%s) ", strings.Join(patterns, "|"))
		switch {
		case f.values != nil:
			fmt.Fprintf(b, "COMPREPLY=($(compgen -W %q -- \"$cur\")); ", strings.Join(f.values, " "))
		case f.files:
			b.WriteString("compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\")); ")
		}
		b.WriteString("return ;;\n")
	}
}

func (p program) names() []string {
	var names []string
	for _, c := range p.commands {
		names = append(names, c.name)
	}
	return names
}
