package cloudformation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// readJSON goes token by token: encoding/json would silently take the last of two values with one name.
func readJSON(source []byte) (map[string]any, error) {
	r := jsonReader{json.NewDecoder(bytes.NewReader(source))}
	r.UseNumber()
	v, err := r.read("")
	if err != nil {
		return nil, fmt.Errorf("%w (at byte %d)", err, r.InputOffset())
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the end")
	}
	root, _ := v.(map[string]any) // read is called for what begins with a brace
	return root, nil
}

type jsonReader struct{ *json.Decoder }

func (r jsonReader) read(path string) (any, error) {
	next, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch next {
	case json.Delim('{'):
		return r.mapping(path)
	case json.Delim('['):
		return r.list(path)
	case nil:
		return nil, fmt.Errorf("%s: is null", path)
	}
	return next, nil
}

func (r jsonReader) mapping(path string) (any, error) {
	m := map[string]any{}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // the decoder takes no other keys
		at := below(path, name)
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("%s: is given twice", at)
		}
		value, err := r.read(at)
		if err != nil {
			return nil, err
		}
		if name == "Fn::GetAtt" {
			value = attributeOf(value)
		}
		m[name] = value
	}
	_, err := r.Token() // the closing brace
	return m, err
}

func (r jsonReader) list(path string) (any, error) {
	values := []any{}
	for r.More() {
		value, err := r.read(below(path, strconv.Itoa(len(values))))
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	_, err := r.Token() // the closing bracket
	return values, err
}

// below is the path of a member or an element.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
