package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// documents are those that people read, by their paths from the top of the repository.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "infra/*.md", "examples/*/*.md"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel("../..", file)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.ToSlash(name)] = string(raw)
		}
	}
	return found
}

var (
	// A command's line counts as a whole, and may have several calls; in a sentence a call ends at the backquote.
	lineOfCode = regexp.MustCompile(`(?m)^ {4,}\$ (.*)$`)
	inSentence = regexp.MustCompile("`(catnap [^`]+)`")
	call       = regexp.MustCompile(`(?:^|&& |time )(?:go run \./cmd/)?catnap ([a-z][^&|;]*)`)

	// ecs|ec2 is a choice, of which the first will do, and [SERVICE] may be there.
	choice   = regexp.MustCompile(`(\w+)(?:\\?\|\w+)+`)
	brackets = strings.NewReplacer("[", "", "]", "", "...", "")
)

// commandLines are the arguments of every call of catnap in a document. In a sentence a command is often only named, so
// there its help is asked for as well: then what it requires may be missing, and what is there is still checked.
func commandLines(text string) [][]string {
	var list [][]string
	add := func(line string, more ...string) {
		line, _, _ = strings.Cut(choice.ReplaceAllString(line, "$1"), " #") // a comment behind it
		for _, found := range call.FindAllStringSubmatch(line, -1) {
			list = append(list, append(words(brackets.Replace(found[1])), more...))
		}
	}
	for _, line := range lineOfCode.FindAllStringSubmatch(text, -1) {
		add(line[1])
	}
	for _, code := range inSentence.FindAllStringSubmatch(text, -1) {
		add(code[1], "--help")
	}
	return list
}

var word = regexp.MustCompile(`"[^"]*"|\S+`)

// words are a command line's arguments; one in quotation marks may have spaces.
func words(line string) []string {
	list := word.FindAllString(line, -1)
	for i := range list {
		list[i] = strings.Trim(list[i], `"`)
	}
	return list
}

func TestCommandLines(t *testing.T) {
	text := strings.Join([]string{
		"Run `catnap cutover --to ecs\\|ec2`, `catnap status [SERVICE]`, and not catnap itself.",
		"    $ catnap doctor -o json   # every night",
		"    $ catnap pin 1d && time catnap wake --wait",
		`    $ catnap thaw --reason "the fair"`,
		"    $ go run ./cmd/catnap sandbox --ec2",
		"    $ make -C catnap build",
		"    catnap: one finding needs a hand",
	}, "\n")
	want := []string{
		"doctor -o json", "pin 1d", "wake --wait", "thaw --reason the fair", "sandbox --ec2", "cutover --to ecs --help",
		"status SERVICE --help",
	}
	var got []string
	for _, args := range commandLines(text) {
		got = append(got, strings.Join(args, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// TestDocumentedCommands: every call of catnap in a document has a command and flags that there are.
func TestDocumentedCommands(t *testing.T) {
	for name, text := range documents(t) {
		for _, args := range commandLines(text) {
			if err := parse(args); err != nil {
				t.Errorf("%s: catnap %s: %v", name, strings.Join(args, " "), err)
			}
		}
	}
}

// parse tells what is wrong with a command line, without running it.
func parse(args []string) error {
	helped := false
	parser, err := kong.New(&cli{}, kong.Exit(func(int) { helped = true }), kong.Writers(io.Discard, io.Discard))
	if err != nil {
		return err
	}
	if _, err = parser.Parse(args); helped {
		return nil
	}
	return err
}

var (
	links    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	headings = regexp.MustCompile(`(?m)^#+ (.+)$`)
	unlinked = regexp.MustCompile(`[^\p{L}\p{N}\p{M} _-]`)
)

// anchors are those that GitHub makes of a document's headings: small letters, hyphens for spaces, no other signs.
func anchors(text string) []string {
	var list []string
	for _, heading := range headings.FindAllStringSubmatch(text, -1) {
		list = append(list, strings.ReplaceAll(unlinked.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
	}
	return list
}

// TestLinks: every relative link in a document leads to a file, and to a heading of it.
func TestLinks(t *testing.T) {
	texts := documents(t)
	for name, text := range texts {
		for _, link := range links.FindAllStringSubmatch(text, -1) {
			target := link[1] + link[2]
			if strings.Contains(target, "://") {
				continue
			}
			if problem := follow(texts, name, target); problem != "" {
				t.Errorf("%s: the link to %s: %s", name, target, problem)
			}
		}
	}
}

// follow tells what is wrong with a relative link.
func follow(texts map[string]string, from, target string) string {
	file, anchor, hasAnchor := strings.Cut(target, "#")
	path := from
	if file != "" {
		path = filepath.ToSlash(filepath.Join(filepath.Dir(from), file))
	}
	if _, err := os.Stat(filepath.Join("../..", path)); err != nil {
		return err.Error()
	}
	if hasAnchor && !slices.Contains(anchors(texts[path]), anchor) {
		return "there is no such heading"
	}
	return ""
}
