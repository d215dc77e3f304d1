package wire

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// cborProtocol is Smithy RPC v2 CBOR (smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html), which CloudWatch
// speaks with today's SDKs.
type cborProtocol struct{ *service }

// epoch is the tag of a time in seconds since 1970 (RFC 8949).
const epoch = 1

func (p cborProtocol) read(q *question, input any) error {
	if len(q.body) == 0 { // no members at all
		return nil
	}
	v, err := cbor.Decode(q.body)
	if err != nil {
		return malformed("the body is not CBOR: %v", err)
	}
	return filler{cborReader{}, p.member}.fill(input, v)
}

func (p cborProtocol) write(_ *question, output any) ([]byte, error) {
	members, err := grower{cborScalar, p.member}.tree(output)
	if err != nil {
		return nil, err
	}
	return cbor.Encode(cborValue(members)), nil
}

func (p cborProtocol) header(header http.Header) {
	header.Set("Content-Type", "application/cbor")
	header.Set("Smithy-Protocol", "rpc-v2-cbor")
}

func (p cborProtocol) refuse(_ *question, f *failure, header http.Header) []byte {
	p.refuseQuery(f, header)
	return cbor.Encode(cborValue(map[string]any{
		"__type": cbor.String(p.namespace + f.shape), p.messageKey(f): cbor.String(f.message),
	}))
}

// cborValue puts maps and lists around scalars. The members of a map come sorted, so that an answer is the same each
// time.
func cborValue(v any) cbor.Value {
	switch v := v.(type) {
	case map[string]any:
		return cborMap(v)
	case dictionary:
		return cborMap(v)
	case []any:
		list := make(cbor.List, len(v))
		for i := range v {
			list[i] = cborValue(v[i])
		}
		return list
	case cbor.Value:
		return v
	}
	return &cbor.Nil{}
}

func cborMap(members map[string]any) cbor.Value {
	const indefinite, end = 0xbf, 0xff
	raw := cbor.EncodeRaw{indefinite}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		raw = append(raw, cbor.Encode(cbor.String(name))...)
		raw = append(raw, cbor.Encode(cborValue(members[name]))...)
	}
	return append(raw, end)
}

// cborScalar [WIRE-10]: times are tagged as seconds since 1970, whole where they can be.
func cborScalar(v any) any {
	switch v := v.(type) {
	case string:
		return cbor.String(v)
	case bool:
		return cbor.Bool(v)
	case []byte:
		return cbor.Slice(v)
	case float64:
		return cbor.Float64(v)
	case int64:
		return cborInteger(v)
	case time.Time:
		if milliseconds := v.UnixMilli(); milliseconds%1000 != 0 {
			return &cbor.Tag{ID: epoch, Value: cbor.Float64(float64(milliseconds) / 1000)}
		}
		return &cbor.Tag{ID: epoch, Value: cborInteger(v.Unix())}
	}
	return &cbor.Nil{}
}

func cborInteger(n int64) cbor.Value {
	if n < 0 {
		return cbor.NegInt(-n)
	}
	return cbor.Uint(n)
}

type cborReader struct{}

func (cborReader) object(v any) (map[string]any, error) {
	members, ok := v.(cbor.Map)
	if !ok {
		return nil, unexpected(v, "a structure")
	}
	all := make(map[string]any, len(members))
	for name, value := range members {
		all[name] = cborMember(value)
	}
	return all, nil
}

func (r cborReader) dictionary(v any) (map[string]any, error) { return r.object(v) }

func (cborReader) list(v any) ([]any, error) {
	members, ok := v.(cbor.List)
	if !ok {
		return nil, unexpected(v, "a list")
	}
	all := make([]any, len(members))
	for i, value := range members {
		all[i] = cborMember(value)
	}
	return all, nil
}

// cborMember is a value, or nil for one that stands for none.
func cborMember(v cbor.Value) any {
	switch v.(type) {
	case *cbor.Nil, *cbor.Undefined:
		return nil
	}
	return v
}

func (r cborReader) scalar(to reflect.Value, v any) error {
	value, ok := v.(cbor.Value)
	if !ok {
		return unexpected(v, "a value")
	}
	switch to.Kind() {
	case reflect.String:
		text, ok := v.(cbor.String)
		to.SetString(string(text))
		return unless(ok, v, "a string")
	case reflect.Bool:
		truth, ok := v.(cbor.Bool)
		to.SetBool(bool(truth))
		return unless(ok, v, "a boolean")
	case reflect.Slice:
		bytes, ok := v.(cbor.Slice)
		to.SetBytes(bytes)
		return unless(ok, v, "a blob")
	case reflect.Struct:
		return r.time(to, v)
	}
	return r.number(to, value)
}

// number takes an integer for a float, but no float for an integer.
func (cborReader) number(to reflect.Value, v cbor.Value) error {
	if to.CanFloat() {
		f, err := cbor.AsFloat64(v)
		if err == nil && to.OverflowFloat(f) {
			return fmt.Errorf("%g is too large", f)
		}
		to.SetFloat(f)
		return err
	}
	n, err := cbor.AsInt64(v)
	if err == nil && to.OverflowInt(n) {
		return fmt.Errorf("%d is not an integer of %d bits", n, to.Type().Bits())
	}
	to.SetInt(n)
	return err
}

func (cborReader) time(to reflect.Value, v any) error {
	tag, ok := v.(*cbor.Tag)
	if !ok || tag.ID != epoch {
		return unexpected(v, "a time")
	}
	seconds, err := cbor.AsFloat64(tag.Value)
	if err != nil {
		seconds = math.NaN()
	}
	return setSeconds(to, seconds)
}

func unexpected(v any, what string) error {
	return fmt.Errorf("%T can not be converted to %s", v, what)
}

func unless(ok bool, v any, what string) error {
	if ok {
		return nil
	}
	return unexpected(v, what)
}
