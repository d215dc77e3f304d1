package wire

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// everything has each kind of member that the codecs know; the operations of today use some of them in one protocol
// only.
type everything struct {
	Text    *string
	Enum    kind
	Yes     bool
	Small   int32
	Large   *int64
	Single  *float32
	Double  float64
	At      *time.Time
	Bytes   []byte
	Texts   []string
	Numbers map[string]int64
	More    []everything
	None    any
}

type kind string

func anything(depth int) *rapid.Generator[everything] {
	return rapid.Custom(func(t *rapid.T) everything {
		e := everything{
			Text: rapid.Ptr(rapid.String(), true).Draw(t, "Text"), Enum: kind(rapid.String().Draw(t, "Enum")),
			Yes: rapid.Bool().Draw(t, "Yes"), Small: rapid.Int32().Draw(t, "Small"),
			Large:  rapid.Ptr(rapid.Int64Min(-1<<62), true).Draw(t, "Large"),
			Single: rapid.Ptr(rapid.Float32(), true).Draw(t, "Single"), Double: rapid.Float64().Draw(t, "Double"),
			Bytes:   rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "Bytes"),
			Texts:   rapid.SliceOf(rapid.String()).Draw(t, "Texts"),
			Numbers: rapid.MapOf(rapid.String(), rapid.Int64Min(-1<<62)).Draw(t, "Numbers"),
		}
		if rapid.Bool().Draw(t, "At") {
			e.At = new(time.UnixMilli(rapid.Int64Range(-1e12, 4e12).Draw(t, "milliseconds")).UTC())
		}
		if depth > 0 {
			e.More = rapid.SliceOfN(anything(depth-1), 0, 2).Draw(t, "More")
		}
		return e
	})
}

// TestCodecs reads what it wrote: nothing is lost or changed.
func TestCodecs(t *testing.T) {
	s := &service{json: "1.1", cbor: true, member: lowerFirst}
	for name, p := range map[string]protocol{"JSON": jsonProtocol{s}, "CBOR": cborProtocol{s}} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			want := anything(1).Draw(t, "want")
			body, err := p.write(&question{}, &want)
			if err != nil {
				t.Fatal(err)
			}
			var got everything
			if err := p.read(&question{body: body}, &got); err != nil {
				t.Fatalf("%v: %q", err, body)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}))
	}
}

// TestWhatCannotBeWritten: a member that no codec knows fails the answer, and is not left out of it.
func TestWhatCannotBeWritten(t *testing.T) {
	s := &service{json: "1.1", member: asItIs}
	for name, p := range map[string]protocol{"JSON": jsonProtocol{s}, "CBOR": cborProtocol{s}, "XML": queryProtocol{s}} {
		if body, err := p.write(&question{}, &everything{None: struct{}{}}); err == nil {
			t.Errorf("%s: got %q", name, body)
		}
		if body, err := p.write(&question{}, new(kind)); err == nil {
			t.Errorf("%s: got %q", name, body)
		}
	}
	if f := failureOf(malformed("why"), s); f.Error() != "SerializationException: why" {
		t.Errorf("got %v", f)
	}
}
