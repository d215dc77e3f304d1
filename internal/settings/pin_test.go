package settings

import (
	"errors"
	"testing"
	"time"
)

var evening = time.Date(2026, time.May, 1, 18, 0, 0, 0, time.UTC)

// TestPinComesBack: what the command line wrote is an order, and what it takes away is none. The document stays as it
// is.
func TestPinComesBack(t *testing.T) {
	f := &fakeSSM{}
	f.putService(t, own(t, "web"))
	document := f.parameters["/catnap/services/web"]
	for _, until := range []time.Time{evening, {}} {
		if err := NewStore(f, time.Now).PutPin(t.Context(), "web", until); err != nil {
			t.Fatal(err)
		}
		got, err := NewStore(f, time.Now).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if pinned := got[0].Policy().PinnedUntil; !pinned.Equal(until) || !got[0].Pin.IsZero() {
			t.Errorf("pinned until %s, in the document %s; want %s and none", pinned, got[0].Pin, until)
		}
	}
	if f.parameters["/catnap/services/web"] != document || f.parameters["/catnap/services/web/pin"] != "{}" {
		t.Errorf("parameters %v", f.parameters)
	}
}

func TestLaterPinWins(t *testing.T) {
	tests := map[string]struct {
		document, part, want time.Time
	}{
		"none":                  {},
		"document's":            {document: evening, want: evening},
		"parameter's":           {part: evening, want: evening},
		"the document's later":  {document: evening, part: evening.Add(-time.Hour), want: evening},
		"the parameter's later": {document: evening.Add(-time.Hour), part: evening, want: evening},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := Service{Pin: test.document, Pinned: test.part}
			if got := s.Policy().PinnedUntil; !got.Equal(test.want) {
				t.Errorf("pinned until %s, want %s", got, test.want)
			}
		})
	}
}

func TestBadPin(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no JSON":     {"tonight", `settings of service web/pin: read pin: "tonight" must be one JSON object`},
		"no time":     {`{"until": "8h"}`, `read pin: until: "8h" must be an RFC 3339 time like`},
		"unknown key": {`{"for": "8h"}`, `read pin: for: "8h" is an unknown key, must be one of until`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fakeSSM{}
			f.putService(t, own(t, "web"))
			f.put("/catnap/services/web/pin", test.text)
			got, err := NewStore(f, time.Now).All(t.Context())
			refused(t, err, test.want)
			if len(got) != 1 || !got[0].PinnedUntil().IsZero() {
				t.Errorf("got %+v, want the service, not pinned", got)
			}
		})
	}
}

func TestPinIsNotWritten(t *testing.T) {
	f := &fakeSSM{}
	f.failWith(errors.New("AccessDenied"))
	refused(t, NewStore(f, time.Now).PutPin(t.Context(), "web", evening),
		"put parameter /catnap/services/web/pin: AccessDenied")
}
