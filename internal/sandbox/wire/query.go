package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// queryProtocol is AWS's oldest: parameters of a form in, XML out.
type queryProtocol struct{ *service }

func (p queryProtocol) read(q *question, input any) error {
	if q.bad != nil {
		return malformedQuery(q.bad)
	}
	v, err := nest(q.form)
	if err != nil {
		return malformed("%v", err)
	}
	return filler{queryReader{}, p.member}.fill(input, v)
}

func (p queryProtocol) header(header http.Header) { header.Set("Content-Type", "text/xml") }

// nest turns A.B.member.1=v into maps of maps. Action and Version stand beside the members of the input, of which none
// has such a name.
func nest(form url.Values) (map[string]any, error) {
	root := map[string]any{}
	for key, values := range form {
		path := strings.Split(key, ".")
		at := root
		for _, name := range path[:len(path)-1] {
			if at[name] == nil {
				at[name] = map[string]any{}
			}
			next, ok := at[name].(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%s is both a value and a structure", name)
			}
			at = next
		}
		last := path[len(path)-1]
		if at[last] != nil {
			return nil, fmt.Errorf("%s is both a value and a structure", last)
		}
		at[last] = values[0] // of a parameter that is there twice the first counts
	}
	return root, nil
}

// queryReader reads text: the type of a member says what it stands for.
type queryReader struct{}

func (queryReader) object(v any) (map[string]any, error) {
	members, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("a value stands where a structure is expected")
	}
	return members, nil
}

// dictionary reads X.entry.1.key and X.entry.1.value. [WIRE-25] In attributes of SNS's messages they are Name and
// Value.
func (r queryReader) dictionary(v any) (map[string]any, error) {
	entries, err := r.numbered(v, "entry")
	if err != nil {
		return nil, err
	}
	all := make(map[string]any, len(entries))
	for _, e := range entries {
		entry, err := r.object(e)
		if err != nil {
			return nil, err
		}
		key, ok := entry["key"].(string)
		value := entry["value"]
		if name, named := entry["Name"].(string); named {
			key, value, ok = name, entry["Value"], true
		}
		if !ok {
			return nil, errors.New("an entry has no key")
		}
		all[key] = value
	}
	return all, nil
}

// list reads X.member.1, X.member.2 and so on. [WIRE-11] An empty one is written "X=", which is how SDK and CLI write
// it.
func (r queryReader) list(v any) ([]any, error) {
	if v == "" {
		return nil, nil
	}
	return r.numbered(v, "member")
}

// numbered returns what stands under numbers, in their order; gaps are closed.
func (r queryReader) numbered(v any, name string) ([]any, error) {
	members, err := r.object(v)
	if err != nil {
		return nil, err
	}
	if members, err = r.object(members[name]); err != nil {
		return nil, err
	}
	type item struct {
		n     int
		value any
	}
	var items []item
	for index, value := range members {
		n, err := strconv.Atoi(index)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is not a valid index", index)
		}
		items = append(items, item{n, value})
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.n, b.n) })
	all := make([]any, len(items))
	for i := range items {
		all[i] = items[i].value
	}
	return all, nil
}

func (queryReader) scalar(to reflect.Value, v any) error {
	text, ok := v.(string)
	if !ok {
		return errors.New("a structure stands where a value is expected")
	}
	switch to.Kind() {
	case reflect.String:
		to.SetString(text)
		return nil
	case reflect.Bool:
		truth, err := truth(text)
		to.SetBool(truth)
		return err
	case reflect.Slice:
		return jsonReader{}.blob(to, text)
	}
	if to.Type() == reflect.TypeFor[time.Time]() {
		return setTime(to, text)
	}
	return setNumber(to, text)
}

func truth(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, fmt.Errorf("%q is not a boolean", text)
	}
	return text == "true", nil
}
