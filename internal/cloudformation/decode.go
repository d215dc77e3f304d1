package cloudformation

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Ignored is the type of a field for what may be given and is not looked at. It says on purpose that a property does
// not matter; one without a field is an error.
type Ignored struct{}

// Texts is the type of a field for one text or a list of them, as policies have them.
type Texts []string

// Decode reads a value that is filled in, and stands at path, into what into points to: a struct whose fields are named
// as the members are, or as a tag cfn says. CloudFormation hands on text, so that "5" is a number and "true" a truth
// value, and 5 is text. Fields for what may be left out and has no zero value are pointers. Members without a field are
// errors, and so is text with a dynamic reference ({{resolve:...}}), which would have to be looked up.
func Decode(path string, v, into any) error {
	return decode(path, v, reflect.ValueOf(into).Elem())
}

func decode(path string, v any, into reflect.Value) error {
	switch into.Interface().(type) {
	case Ignored:
		return nil
	case Texts:
		if isScalar(v) {
			v = []any{v}
		}
	}
	switch into.Kind() {
	case reflect.Interface:
		into.Set(reflect.ValueOf(v))
		return nil
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return decode(path, v, into.Elem())
	case reflect.Struct:
		return decodeStruct(path, v, into)
	case reflect.Slice:
		return decodeList(path, v, into)
	case reflect.Map:
		return decodeMap(path, v, into)
	default:
		return decodeScalar(path, v, into)
	}
}

func decodeStruct(path string, v any, into reflect.Value) error {
	members, ok := v.(map[string]any)
	if !ok {
		return problem(path, "%v must be a mapping", v)
	}
	fields := map[string]reflect.Value{}
	collect(into, fields)
	var problems []error
	for _, name := range sorted(members) {
		if field, known := fields[name]; known {
			problems = append(problems, decode(below(path, name), members[name], field))
		} else {
			problems = append(problems, fmt.Errorf("%s: is not known here", below(path, name)))
		}
	}
	return errors.Join(problems...)
}

// collect finds a struct's fields by the names of their members; those of an embedded struct are its own.
func collect(into reflect.Value, fields map[string]reflect.Value) {
	for i := range into.NumField() {
		field := into.Type().Field(i)
		name := field.Name
		if tag, ok := field.Tag.Lookup("cfn"); ok {
			name = tag
		}
		if field.Anonymous {
			collect(into.Field(i), fields)
		} else if field.IsExported() {
			fields[name] = into.Field(i)
		}
	}
}

func decodeList(path string, v any, into reflect.Value) error {
	elements, ok := v.([]any)
	if !ok {
		return problem(path, "%v must be a list", v)
	}
	list := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	var problems []error
	for i, element := range elements {
		problems = append(problems, decode(below(path, strconv.Itoa(i)), element, list.Index(i)))
	}
	into.Set(list)
	return errors.Join(problems...)
}

func decodeMap(path string, v any, into reflect.Value) error {
	members, ok := v.(map[string]any)
	if !ok {
		return problem(path, "%v must be a mapping", v)
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(members)))
	var problems []error
	for _, name := range sorted(members) {
		element := reflect.New(into.Type().Elem()).Elem()
		problems = append(problems, decode(below(path, name), members[name], element))
		into.SetMapIndex(reflect.ValueOf(name), element)
	}
	return errors.Join(problems...)
}

func decodeScalar(path string, v any, into reflect.Value) error {
	if !isScalar(v) {
		return problem(path, "%v must be a single value", v)
	}
	text := fmt.Sprint(v)
	if strings.Contains(text, "{{resolve:") {
		return problem(path, "%q has a dynamic reference, which is not looked up here", text)
	}
	var err error
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		var truth bool
		truth, err = truthOf(text)
		into.SetBool(truth)
	case reflect.Int:
		var number int64
		number, err = strconv.ParseInt(text, 10, 64)
		into.SetInt(number)
	case reflect.Float64:
		var number float64
		number, err = parseNumber(text)
		into.SetFloat(number)
	default:
		panic(fmt.Sprintf("decode %s: a field of the type %s", path, into.Type()))
	}
	if err != nil {
		return problem(path, "%q must be a %s", text, kinds[into.Kind()])
	}
	return nil
}

var kinds = map[reflect.Kind]string{
	reflect.Bool: "truth value", reflect.Int: "whole number", reflect.Float64: "number",
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, bool, json.Number:
		return true
	default:
		return false
	}
}

var errNotFinite = errors.New("not finite")

// parseNumber knows no infinities, which strconv does.
func parseNumber(text string) (float64, error) {
	number, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(number, 0) || math.IsNaN(number)) {
		err = errNotFinite
	}
	return number, err
}

func truthOf(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, strconv.ErrSyntax
	}
	return text == "true", nil
}
