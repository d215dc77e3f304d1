package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// jsonProtocol is AWS JSON 1.0 and 1.1, which differ in their content type only.
type jsonProtocol struct{ *service }

func (p jsonProtocol) read(q *question, input any) error {
	v, err := parseJSON(q.body)
	if err != nil {
		return malformed("%v", err)
	}
	return filler{jsonReader{}, p.member}.fill(input, v)
}

func (p jsonProtocol) write(_ *question, output any) ([]byte, error) {
	members, err := grower{jsonScalar, p.member}.tree(output)
	if err != nil {
		return nil, err
	}
	return printJSON(members)
}

func (p jsonProtocol) header(header http.Header) {
	header.Set("Content-Type", "application/x-amz-json-"+p.json)
}

func (p jsonProtocol) refuse(_ *question, f *failure, header http.Header) []byte {
	p.refuseQuery(f, header)
	body, err := printJSON(map[string]any{"__type": p.namespace + f.shape, p.messageKey(f): f.message})
	if err != nil { // two strings
		return nil
	}
	return body
}

func parseJSON(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON")
	}
	return v, nil
}

func printJSON(v any) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}

// jsonScalar [WIRE-07]: times are seconds since 1970 with milliseconds; a float is written as one, as 42.0.
func jsonScalar(v any) any {
	switch v := v.(type) {
	case time.Time:
		return json.Number(strconv.FormatFloat(float64(v.UnixMilli())/1000, 'f', -1, 64))
	case float64:
		if text := strconv.FormatFloat(v, 'f', -1, 64); v == math.Trunc(v) && !math.IsInf(v, 0) {
			return json.Number(text + ".0")
		}
	}
	return v // json writes bytes in base64 by itself
}

// jsonReader [WIRE-08] takes numbers for numbers and strings for strings: whether AWS would convert one to the other is
// not documented.
type jsonReader struct{}

func (jsonReader) object(v any) (map[string]any, error) {
	return want[map[string]any](v, "a structure")
}

func (jsonReader) dictionary(v any) (map[string]any, error) { return want[map[string]any](v, "a map") }

func (jsonReader) list(v any) ([]any, error) { return want[[]any](v, "a list") }

func (r jsonReader) scalar(to reflect.Value, v any) error {
	switch to.Kind() {
	case reflect.String:
		text, err := want[string](v, "a string")
		to.SetString(text)
		return err
	case reflect.Bool:
		truth, err := want[bool](v, "a boolean")
		to.SetBool(truth)
		return err
	case reflect.Slice:
		return r.blob(to, v)
	}
	if to.Type() == reflect.TypeFor[time.Time]() {
		return r.time(to, v)
	}
	number, err := want[json.Number](v, "a number")
	if err != nil {
		return err
	}
	return setNumber(to, number.String())
}

func (jsonReader) blob(to reflect.Value, v any) error {
	text, err := want[string](v, "base64")
	if err != nil {
		return err
	}
	bytes, err := base64.StdEncoding.DecodeString(text)
	to.SetBytes(bytes)
	return err
}

// time is a number of seconds, or a text in RFC 3339, in which the CLI shows it and people paste it.
func (jsonReader) time(to reflect.Value, v any) error {
	if text, ok := v.(string); ok {
		return setTime(to, text)
	}
	number, err := want[json.Number](v, "a time")
	if err != nil {
		return err
	}
	seconds, err := number.Float64()
	if err != nil {
		return err
	}
	return setSeconds(to, seconds)
}

// want is v as a T. The error is shaped like AWS's.
func want[T any](v any, what string) (T, error) {
	t, ok := v.(T)
	if !ok {
		return t, fmt.Errorf("%s_VALUE can not be converted to %s", strings.ToUpper(kindOf(v)), what)
	}
	return t, nil
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "list"
	case map[string]any:
		return "structure"
	}
	return "number"
}
