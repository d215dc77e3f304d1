package wire_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// TestRoundTrip lets the SDK write inputs with any members to the front and read any outputs from it: the core gets
// what the caller gave, and the caller what the core answered. A member whose name the front gets wrong is lost here.
func TestRoundTrip(t *testing.T) {
	for key, operations := range supported {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			core, over, _ := scripted(t, &awsapi.Backplane{})
			ctx := t.Context()
			rapid.Check(t, func(t *rapid.T) {
				operation := rapid.SampledFrom(operations).Draw(t, "operation")
				in, out := over.input(key, operation), over.output(key, operation)
				whole := rapid.Bool().Draw(t, "whole")
				draw{t, whole}.fill(in.Elem())
				draw{t, whole}.fill(out.Elem())
				core.answer, core.asked = out.Interface(), nil
				got, err := over.call(ctx, key, operation, in.Interface())
				if unsent(err) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				// The last, as the SDK's HTTP client now and then closes a connection while it reads and asks again.
				asked := core.asked[len(core.asked)-1]
				if diff := difference([]any{in.Interface(), out.Interface()}, []any{asked, got}); diff != "" {
					t.Errorf("%s: what was sent and answered, asked and told (-by one +to the other):\n%s", operation, diff)
				}
			})
		})
	}
}

// unsent tells whether the SDK did not send it: a required member was left out, or a name that stands in a path is
// empty.
func unsent(err error) bool {
	_, incomplete := errors.AsType[smithy.InvalidParamsError](err)
	_, nameless := errors.AsType[*smithy.SerializationError](err)
	return incomplete || nameless
}

// draw fills SDK structs with anything.
type draw struct {
	t     *rapid.T
	whole bool // nothing is left out
}

// fill sets the members of a struct, and all of them if none was drawn: a form cannot write a struct without any.
func (d draw) fill(v reflect.Value) {
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.IsExported() && field.Name != "ResultMetadata" {
			d.set(v.FieldByIndex(field.Index), field.Name)
		}
	}
	if v.IsZero() && !d.whole {
		draw{d.t, true}.fill(v)
	}
}

func (d draw) leaveOut(name string) bool { return !d.whole && rapid.Bool().Draw(d.t, name+"?") }

func (d draw) set(v reflect.Value, name string) {
	if d.scalar(v, name) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !d.leaveOut(name) {
			v.Set(reflect.New(v.Type().Elem()))
			d.pointed(v.Elem(), name)
		}
	case reflect.Struct:
		d.fill(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Interface {
			return
		}
		n := rapid.IntRange(d.least(), 3).Draw(d.t, "length of "+name)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			d.pointed(v.Index(i), name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		d.set(value, name)
		v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), value)
	case reflect.Interface: // unions and documents, which the front refuses
	default:
		d.t.Fatalf("%s is a %s, which the front cannot carry", name, v.Type())
	}
}

func (d draw) least() int {
	if d.whole {
		return 1
	}
	return 0
}

// pointed may be an empty string where one that stands for itself, an enumeration, is unset when it is empty.
func (d draw) pointed(v reflect.Value, name string) {
	if v.Kind() == reflect.String && v.Type().Name() == "string" && rapid.IntRange(0, 9).Draw(d.t, "empty") == 0 {
		return
	}
	d.set(v, name)
}

// texts are characters that JSON, XML and forms escape, but no control characters, which XML has no way to write.
var texts = rapid.StringOfN(rapid.SampledFrom(slices.Clone([]rune("aZ09 .&=+%<>\"'/\\*é猫😺\n\t"))), 1, 8, -1)

func (d draw) scalar(v reflect.Value, name string) bool {
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts.Draw(d.t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(d.t, name))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(d.t, name)))
	case reflect.Int64:
		v.SetInt(rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(d.t, name))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Range(-1e12, 1e12).Draw(d.t, name))
	default:
		if v.Type() == reflect.TypeFor[[]byte]() {
			v.SetBytes(rapid.SliceOfN(rapid.Byte(), d.least(), 5).Draw(d.t, name))
			return true
		}
		if v.Type() != reflect.TypeFor[time.Time]() {
			return false
		}
		v.Set(reflect.ValueOf(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(d.t, name)).UTC()))
	}
	return true
}
