package wire

import (
	"reflect"
	"time"
)

// reader takes the values of one protocol for what the SDK's structs want. Its errors say what was not possible.
type reader interface {
	object(v any) (map[string]any, error)
	dictionary(v any) (map[string]any, error) // an object whose members have no names of their own
	list(v any) ([]any, error)
	// scalar sets a string, number, bool, time or bytes.
	scalar(to reflect.Value, v any) error
}

// filler fills SDK structs. It recurses as deep as their types go and no deeper, whatever the request nests.
type filler struct {
	reader
	member func(field string) string
}

// fill sets an SDK struct, given by its address, from what was read of a body.
func (f filler) fill(input, v any) error {
	return f.set(reflect.ValueOf(input).Elem(), v, "the request")
}

func (f filler) set(to reflect.Value, v any, at string) error {
	if isScalar(to.Type()) {
		if err := f.scalar(to, v); err != nil {
			return malformed("%s: %v", at, err)
		}
		return nil
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return f.set(to.Elem(), v, at)
	case reflect.Struct:
		return f.setStruct(to, v, at)
	case reflect.Slice:
		return f.setList(to, v, at)
	case reflect.Map:
		return f.setMap(to, v, at)
	default: // unions and documents, which no supported operation takes
		return malformed("%s: the sandbox cannot read a %s", at, to.Type())
	}
}

// setStruct [WIRE-05]: unknown members are ignored, and null is the same as leaving the member out.
func (f filler) setStruct(to reflect.Value, v any, at string) error {
	members, err := f.object(v)
	if err != nil {
		return malformed("%s: %v", at, err)
	}
	for _, field := range reflect.VisibleFields(to.Type()) {
		name := f.member(field.Name)
		if value := members[name]; value != nil && isMember(field) {
			if err := f.set(to.FieldByIndex(field.Index), value, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f filler) setList(to reflect.Value, v any, at string) error {
	list, err := f.list(v)
	if err != nil {
		return malformed("%s: %v", at, err)
	}
	all := reflect.MakeSlice(to.Type(), len(list), len(list))
	for i, value := range list {
		if value == nil {
			return malformed("%s: null is not a member of a list", at)
		}
		if err := f.set(all.Index(i), value, at); err != nil {
			return err
		}
	}
	to.Set(all)
	return nil
}

func (f filler) setMap(to reflect.Value, v any, at string) error {
	members, err := f.dictionary(v)
	if err != nil {
		return malformed("%s: %v", at, err)
	}
	all := reflect.MakeMapWithSize(to.Type(), len(members))
	for key, member := range members {
		value := reflect.New(to.Type().Elem()).Elem()
		if member == nil {
			return malformed("%s: null is not a value of a map", at)
		}
		if err := f.set(value, member, at); err != nil {
			return err
		}
		all.SetMapIndex(reflect.ValueOf(key).Convert(to.Type().Key()), value)
	}
	to.Set(all)
	return nil
}

func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return true
	default:
		return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[[]byte]()
	}
}

// isMember tells the fields that stand for members of the API model from what the SDK adds to its structs.
func isMember(field reflect.StructField) bool {
	return field.IsExported() && !field.Anonymous && len(field.Index) == 1 && field.Name != "ResultMetadata"
}
