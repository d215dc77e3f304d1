package settings

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

const noted = "/catnap/services/web/wakes"

// wakeAt is a wake of the n-th hour that took n seconds.
func wakeAt(n int) policy.Wake {
	return policy.Wake{
		At: time.Date(2026, time.May, 1, n, 0, 0, 0, time.UTC), Took: time.Duration(n) * time.Second,
	}
}

func note(t *testing.T, s *Store, wakes ...policy.Wake) {
	t.Helper()
	for _, w := range wakes {
		if err := s.NoteWake(t.Context(), "web", w); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWakesComeBack: what was noted is part of the service, in order, and only the last twenty.
func TestWakesComeBack(t *testing.T) {
	f := &fakeSSM{}
	f.putService(t, own(t, "web"))
	var want []policy.Wake
	for n := 23; n >= 0; n-- { // backwards: instances write when they can
		note(t, NewStore(f, time.Now), wakeAt(n))
		if n >= 4 {
			want = append(want, wakeAt(n))
		}
	}
	slices.Reverse(want)
	got, err := NewStore(f, time.Now).ByWakerTargetGroup(t.Context(), own(t, "web").WakerTargetGroup)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Wakes); diff != "" {
		t.Errorf("wakes (-want +got):\n%s", diff)
	}
}

func TestWakeIsNotedOnce(t *testing.T) {
	f := &fakeSSM{}
	twice := wakeAt(1)
	twice.Took += time.Minute
	twice.At = twice.At.Add(300 * time.Millisecond) // a mark has whole seconds
	note(t, NewStore(f, time.Now), wakeAt(1), twice)
	if want := `{"wakes":[{"at":"2026-05-01T01:00:00Z","seconds":1}]}`; f.parameters[noted] != want || f.puts != 1 {
		t.Errorf("%s after %d writes, want %s after one", f.parameters[noted], f.puts, want)
	}
}

func TestNoteWakeOverWhatCannotBeRead(t *testing.T) {
	f := &fakeSSM{}
	f.put(noted, "garbage")
	note(t, NewStore(f, time.Now), wakeAt(2))
	if want := `{"wakes":[{"at":"2026-05-01T02:00:00Z","seconds":2}]}`; f.parameters[noted] != want {
		t.Errorf("noted %s, want %s", f.parameters[noted], want)
	}
}

func TestNoteWakeFails(t *testing.T) {
	f := &fakeSSM{}
	f.failWith(errors.New("throttled"))
	err := NewStore(f, time.Now).NoteWake(t.Context(), "web", wakeAt(1))
	refused(t, err, "get parameter "+noted+": throttled")
}

// packed is what an operator's gzip and base64 make.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// TestPartsOfAService: its own page comes with it; a part that is broken does not take the service with it.
func TestPartsOfAService(t *testing.T) {
	template := "<p>{{.Service}}</p>"
	tests := map[string]struct {
		name, value string
		want        string // of the template
		err         string
	}{
		"page":            {"page", packed(t, template), template, ""},
		"page over lines": {"page", packed(t, template)[:8] + "\n" + packed(t, template)[8:], template, ""},
		"not base64":      {"page", template, "", "settings of service web/page: read page template: illegal base64"},
		"not gzip":        {"page", base64.StdEncoding.EncodeToString([]byte(template)), "", "read page template: "},
		"too large":       {"page", packed(t, strings.Repeat(" ", maxTemplate+1)), "", "more than 64 KB"},
		"wakes, broken":   {"wakes", "[]", "", "settings of service web/wakes: read wakes: "},
		"unknown":         {"thaw", "{}", "", "settings of service web/thaw: is an unknown parameter, must be wakes, page, pin or freeze"},
		"another's":       {"../web2/freeze", "{}", "", ""},
		"below a part":    {"page/x", "{}", "", "web/page/x: is an unknown parameter"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fakeSSM{}
			f.putService(t, own(t, "web"))
			path := "/catnap/services/web/" + test.name
			if other, ok := strings.CutPrefix(test.name, "../"); ok {
				path = "/catnap/services/" + other
			}
			f.put(path, test.value)
			got, err := NewStore(f, time.Now).All(t.Context())
			if len(got) != 1 || got[0].Template != test.want {
				t.Fatalf("got %+v, want the service with the template %q", got, test.want)
			}
			if test.err != "" {
				refused(t, err, test.err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
