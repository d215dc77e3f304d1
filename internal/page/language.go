package page

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/language"
)

const (
	// fallback is the language of whoever asks for none that we have; its file has all the keys.
	fallback = "en"
	// maxHeader bounds the work for a header that anybody may send. What browsers send is a third of it.
	maxHeader = 256
)

// languages are the files of lang/.
type languages struct {
	tags    []string // the fallback first, then by name
	texts   map[string]map[string]string
	matcher language.Matcher
}

// Languages are the tags of the languages that the page can be in.
func Languages() []string { return append([]string(nil), embedded().langs.tags...) }

// Language is the tag of the language that a page is in: fixed if it is one of [Languages], otherwise the one that
// suits the visitor's Accept-Language header best, otherwise English.
func Language(acceptLanguage, fixed string) string {
	return embedded().langs.choose(acceptLanguage, fixed)
}

func loadLanguages(files fs.FS) (languages, error) {
	names, err := fs.Glob(files, "lang/*.json")
	if err != nil {
		return languages{}, fmt.Errorf("list the languages: %w", err)
	}
	l := languages{tags: []string{fallback}, texts: make(map[string]map[string]string, len(names))}
	for _, name := range names {
		tag := strings.TrimSuffix(path.Base(name), ".json")
		if l.texts[tag], err = loadTexts(files, name); err != nil {
			return languages{}, err
		}
		if tag != fallback {
			l.tags = append(l.tags, tag)
		}
	}
	if l.texts[fallback] == nil {
		return languages{}, fmt.Errorf("read lang/%s.json: %w", fallback, fs.ErrNotExist)
	}
	l.matcher, err = newMatcher(l.tags)
	return l, err
}

func loadTexts(files fs.FS, name string) (map[string]string, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	var texts map[string]string
	if err := json.Unmarshal(text, &texts); err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	return texts, nil
}

func newMatcher(names []string) (language.Matcher, error) {
	tags := make([]language.Tag, 0, len(names))
	for _, name := range names {
		tag, err := language.Parse(name)
		if err != nil {
			return nil, fmt.Errorf("language file lang/%s.json: %w", name, err)
		}
		tags = append(tags, tag)
	}
	return language.NewMatcher(tags), nil
}

func (l languages) choose(acceptLanguage, fixed string) string {
	if _, known := l.texts[fixed]; known {
		return fixed
	}
	wanted, _, err := language.ParseAcceptLanguage(shortHeader(acceptLanguage))
	if err != nil {
		return fallback
	}
	_, index, confidence := l.matcher.Match(wanted...)
	if confidence == language.No {
		return fallback
	}
	return l.tags[index]
}

// shortHeader cuts a long header after a whole entry: half of one would make all of it malformed.
func shortHeader(header string) string {
	if len(header) <= maxHeader {
		return header
	}
	return header[:max(0, strings.LastIndexByte(header[:maxHeader], ','))]
}

// named are the texts of a language with the service's name filled in. What the visitor's minute decides, such as
// {time}, is filled in later, here or by the script; no text has both.
func (l languages) named(tag, name string) map[string]string {
	texts := make(map[string]string, len(l.texts[tag]))
	for key, text := range l.texts[tag] {
		texts[key] = strings.ReplaceAll(text, "{name}", name)
	}
	return texts
}
