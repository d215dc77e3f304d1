package wire

import (
	"fmt"
	"reflect"
	"time"
)

// writer gives scalars the form of a protocol: strings, int64, float64, bools, times and bytes.
type writer func(scalar any) any

// dictionary is a map of the API model, which XML writes differently from a structure.
type dictionary map[string]any

// grower turns an SDK struct into maps, lists and scalars.
type grower struct {
	write  writer
	member func(field string) string
}

// tree is the answer as a map. [WIRE-06] The lists of an answer are there even when they are empty; below that, what
// the SDK's struct leaves out is left out.
func (g grower) tree(output any) (map[string]any, error) {
	v := reflect.Indirect(reflect.ValueOf(output))
	if v.Kind() != reflect.Struct {
		return nil, fmt.Errorf("write %T: not a struct", output)
	}
	members, err := g.object(v)
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.Type.Kind() == reflect.Slice && isMember(field) && members[g.member(field.Name)] == nil {
			members[g.member(field.Name)] = []any{}
		}
	}
	return members, err
}

func (g grower) object(v reflect.Value) (map[string]any, error) {
	members := map[string]any{}
	for _, field := range reflect.VisibleFields(v.Type()) {
		if !isMember(field) {
			continue
		}
		value, err := g.value(v.FieldByIndex(field.Index))
		if err != nil {
			return members, err
		}
		if value != nil {
			members[g.member(field.Name)] = value
		}
	}
	return members, nil
}

// value is nil for what is not set. Enumerations are strings whose unset value is empty; numbers and bools that are no
// pointers are always set.
func (g grower) value(v reflect.Value) (any, error) {
	if isScalar(v.Type()) {
		return g.scalar(v), nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		return g.pointer(v)
	case reflect.Struct:
		return g.object(v)
	case reflect.Slice:
		return g.list(v)
	case reflect.Map:
		return g.dictionary(v)
	case reflect.Interface:
		if v.IsNil() {
			return nil, nil //nolint:nilnil // a member that is not set
		}
		fallthrough
	default: // unions and documents, which no supported operation answers with
		return nil, fmt.Errorf("write %s: the sandbox cannot", v.Type())
	}
}

// pointer writes what is pointed to: an empty string there is one that is set.
func (g grower) pointer(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil //nolint:nilnil // a member that is not set
	}
	if text := v.Elem(); text.Kind() == reflect.String {
		return g.write(text.String()), nil
	}
	return g.value(v.Elem())
}

func (g grower) scalar(v reflect.Value) any {
	switch {
	case v.CanInt():
		return g.write(v.Int())
	case v.CanFloat():
		return g.write(v.Float())
	case v.Kind() == reflect.Bool:
		return g.write(v.Bool())
	case v.Kind() == reflect.String && v.Len() == 0, v.Kind() == reflect.Slice && v.IsNil():
		return nil
	case v.Kind() == reflect.String:
		return g.write(v.String())
	}
	if at, ok := reflect.TypeAssert[time.Time](v); ok {
		return g.write(at)
	}
	return g.write(v.Bytes())
}

func (g grower) list(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil //nolint:nilnil // a member that is not set
	}
	list := make([]any, v.Len())
	for i := range list {
		value, err := g.pointer(v.Index(i).Addr()) // an empty string in a list is one
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

func (g grower) dictionary(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil //nolint:nilnil // a member that is not set
	}
	members := dictionary{}
	for key, value := range v.Seq2() {
		member, err := g.value(value)
		if err != nil {
			return nil, err
		}
		if member == nil {
			member = g.write("")
		}
		members[key.String()] = member
	}
	return members, nil
}
