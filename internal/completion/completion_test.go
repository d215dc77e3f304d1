package completion_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/completion"
)

// grammar has one of each kind that scripts treat apart.
type grammar struct {
	Eat struct {
		Food  string `enum:"fish,mouse" default:"fish" short:"f" help:"What it's: [fish] or mouse. Mice are rare."`
		Plate string `type:"path" help:"A file."`
		Name  string `help:"Free text."`
		Fast  bool   `help:"Not slowly."`
	} `cmd:"" help:"Eat what is there."`
	Sleep struct {
		Where string `arg:"" enum:"sofa,bed" help:"A place."`
	} `cmd:"" help:"Sleep, it's late."`
	Secret struct{} `cmd:"" hidden:"" help:"Not shown."`
}

func script(t *testing.T, shell string) string {
	t.Helper()
	parser, err := kong.New(&grammar{}, kong.Name("cat"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := completion.Script(shell, parser.Model)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// shell runs a program of the shell's language; the test is skipped where the shell is not.
func shell(t *testing.T, name, program string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("no " + name)
	}
	command := exec.CommandContext(t.Context(), path, "-c", program)
	command.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(command.Dir, "plate.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	command.Env = []string{"HOME=" + command.Dir, "PATH=/usr/bin:/bin"}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// lines are those of a line of input, with what the shell offers for its last word.
var lines = []struct {
	name string
	line string // words are separated by one space; the last is what is being typed
	want string
}{
	{"commands", "cat ", "eat sleep"},
	{"a command's beginning", "cat sl", "sleep"},
	{"flags", "cat eat --f", "--fast --food"},
	{"values", "cat eat --food ", "fish mouse"},
	{"a value's beginning", "cat eat --food m", "mouse"},
	{"values of the short form", "cat eat -f m", "mouse"},
	{"files", "cat eat --plate pl", "plate.txt"},
	{"free text", "cat eat --name ", ""},
	{"a flag after a value", "cat eat --name sleep --pl", "--plate"},
	{"an argument's values", "cat sleep s", "sofa"},
	{"flags of the other command only", "cat sleep --fo", ""},
	{"nothing that begins so", "cat eat x", ""},
}

func TestBash(t *testing.T) {
	text := script(t, "bash")
	for _, c := range lines {
		t.Run(c.name, func(t *testing.T) { bashOffers(t, text, strings.Split(c.line, " "), c.want) })
	}
	// bash itself splits words at "=".
	for line, want := range map[string]string{"cat eat --food = m": "mouse", "cat eat --food =": "fish mouse"} {
		t.Run(line, func(t *testing.T) { bashOffers(t, text, strings.Split(line, " "), want) })
	}
}

func bashOffers(t *testing.T, script string, words []string, want string) {
	t.Helper()
	program := script + "\nCOMP_WORDS=("
	for _, w := range words {
		program += " '" + w + "'"
	}
	program += ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_cat\nprintf '%s\\n' \"${COMPREPLY[@]}\"\ncomplete -p cat >&2"
	out := shell(t, "bash", program)
	registered := strings.Contains(out, "complete -F _cat cat")
	got := strings.Fields(strings.ReplaceAll(out, "complete -F _cat cat", ""))
	slices.Sort(got)
	if diff := cmp.Diff(strings.Fields(want), got); diff != "" || !registered {
		t.Errorf("registered: %t; -want +got:\n%s", registered, diff)
	}
}

func TestFish(t *testing.T) {
	text := script(t, "fish")
	for _, c := range lines {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for line := range strings.Lines(shell(t, "fish", text+"\ncomplete -C '"+c.line+"'")) {
				word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
				got = append(got, word)
			}
			slices.Sort(got)
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("offers %q, want %q", got, c.want)
			}
		})
	}
}

// TestZsh: its completion needs a terminal, so only that the script is one is checked, and that it says everything.
func TestZsh(t *testing.T) {
	text := script(t, "zsh")
	for _, want := range []string{
		"'eat:Eat what is there'", `'sleep:Sleep, it'\''s late'`,
		`'--food=[What it'\''s - (fish) or mouse]:value:(fish mouse)'`,
		`'-f[What it'\''s - (fish) or mouse]:value:(fish mouse)'`,
		"'--plate=[A file]:file:_files'", "'--name=[Free text]:value: '", "'--fast[Not slowly]'", "'1:value:(sofa bed)'",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the script: %s", want)
		}
	}
	shell(t, "zsh", "compdef() { }\n"+text)
}

func TestHiddenCommandsAreNotOffered(t *testing.T) {
	for _, name := range completion.Shells {
		if strings.Contains(script(t, name), "secret") {
			t.Errorf("%s offers a hidden command", name)
		}
	}
}

func TestUnknownShell(t *testing.T) {
	_, err := completion.Script("tcsh", &kong.Application{Node: &kong.Node{}})
	if err == nil || err.Error() != `write completion for "tcsh": must be one of bash, zsh, fish` {
		t.Errorf("error %v", err)
	}
}
