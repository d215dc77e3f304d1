package settings

import (
	"bytes"
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// decoder is stricter than encoding/json, which takes keys in any case, the last of two equal keys, and stops at the
// first value of a wrong type. A typing mistake in settings would otherwise be a default that nobody asked for.
// null means the same as leaving the key out.
type decoder struct {
	given    map[string]bool // the paths that have a value
	problems problems
}

// decodeStrict reads text into the struct that into points to. Fields without a value keep what they hold.
func decodeStrict(text []byte, into any) *decoder {
	d := &decoder{given: map[string]bool{}}
	var document json.RawMessage
	if err := json.Unmarshal(text, &document); err != nil {
		d.problems.add("", quote(string(text)), "must be one JSON object: "+err.Error())
		return d
	}
	d.object("", document, reflect.ValueOf(into).Elem())
	return d
}

func (d *decoder) decode(path string, raw json.RawMessage, v reflect.Value) {
	if string(raw) == "null" {
		return
	}
	d.given[path] = true
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(path, raw, v.Elem())
	case v.Kind() == reflect.Slice:
		d.list(path, raw, v)
	case v.Kind() == reflect.Map:
		d.dictionary(path, raw, v)
	case v.Kind() == reflect.Struct && !isText(v):
		d.object(path, raw, v)
	default:
		d.leaf(path, raw, v)
	}
}

// isText tells whether a struct is written as one text, as a time is.
func isText(v reflect.Value) bool {
	_, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
	return ok
}

func (d *decoder) leaf(path string, raw json.RawMessage, v reflect.Value) {
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		d.refuse(path, raw, "must be "+kindOf(v.Type()))
	}
}

// kindOf knows the kinds of field that the documents of this package have.
func kindOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Duration]():
		return `a duration as text like "2m30s"`
	case t == reflect.TypeFor[time.Time]():
		return `an RFC 3339 time like "2026-01-31T18:00:00Z"`
	case t == reflect.TypeFor[Expression]():
		return `a regular expression of RE2 like "/internal/.*"`
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Float64:
		return "a number"
	default:
		return "a string"
	}
}

func (d *decoder) list(path string, raw json.RawMessage, v reflect.Value) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		d.refuse(path, raw, "must be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(elements), len(elements)))
	for i, raw := range elements {
		d.decode(element(path, i), raw, v.Index(i))
	}
}

func (d *decoder) dictionary(path string, raw json.RawMessage, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	d.eachMember(path, raw, func(key, at string, raw json.RawMessage) {
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(at, raw, value)
		v.SetMapIndex(reflect.ValueOf(key), value)
	})
}

func (d *decoder) object(path string, raw json.RawMessage, v reflect.Value) {
	fields := fieldsOf(v)
	d.eachMember(path, raw, func(key, at string, raw json.RawMessage) {
		field, ok := fields[key]
		if !ok {
			d.refuse(at, raw, "is an unknown key, must be one of "+keys(fields))
			return
		}
		d.decode(at, raw, field)
	})
}

// fieldsOf maps the keys of a struct's JSON form to its fields.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if key != "-" {
			fields[key] = v.Field(i)
		}
	}
	return fields
}

func keys(fields map[string]reflect.Value) string {
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

// eachMember goes through an object's members in their order. Only the first of several with one key is visited.
func (d *decoder) eachMember(path string, raw json.RawMessage, visit func(key, at string, raw json.RawMessage)) {
	members, ok := split(raw)
	if !ok {
		d.refuse(path, raw, "must be an object")
		return
	}
	seen := map[string]bool{}
	for _, m := range members {
		at := member(path, m.key)
		if seen[m.key] {
			d.refuse(at, m.raw, "is the key's second value, must be given once")
			continue
		}
		seen[m.key] = true
		visit(m.key, at, m.raw)
	}
}

type keyed struct {
	key string
	raw json.RawMessage
}

// split returns an object's members, and false for anything else. The document's syntax is known to be right.
func split(raw json.RawMessage) ([]keyed, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, false
	}
	var members []keyed
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, false
		}
		key, _ := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		members = append(members, keyed{key: key, raw: value})
	}
	return members, true
}

func (d *decoder) refuse(path string, raw json.RawMessage, want string) {
	var line bytes.Buffer
	_ = json.Compact(&line, raw) // cannot fail: the document's syntax is known to be right
	d.problems.add(path, shorten(line.String()), want)
}
