package settings

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// own returns the example's settings with waker target group and rules of the service's own.
func own(t testing.TB, name string) Service {
	t.Helper()
	s := minimal()
	s.Name = name
	s.WakerTargetGroup = arns + "targetgroup/waker-" + name + "/1f"
	s.WakerRule = arns + "listener-rule/app/shop/1f/2f/" + name
	return s
}

func (f *fakeSSM) putService(t testing.TB, s Service) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	f.put("/catnap/services/"+s.Name, string(text))
}

func shop(t testing.TB) (*fakeSSM, *Store) {
	t.Helper()
	f := &fakeSSM{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		f.putService(t, own(t, name))
	}
	return f, NewStore(f, time.Now)
}

func namesOf(services []Service) string {
	var names []string
	for _, s := range services {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

func TestAll(t *testing.T) {
	f, store := shop(t)
	f.put("/catnap/servicesx", "not a service")
	got, err := store.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Service{own(t, "a"), own(t, "b"), own(t, "c"), own(t, "d"), own(t, "e")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	slices.Reverse(got)
	if got, _ := store.All(t.Context()); namesOf(got) != "a b c d e" {
		t.Errorf("a caller's list is the store's own: %s", namesOf(got))
	}
}

func TestAllOfNone(t *testing.T) {
	got, err := NewStore(&fakeSSM{}, time.Now).All(t.Context())
	if len(got) > 0 || err != nil {
		t.Errorf("services %v, error %v, want neither", got, err)
	}
}

func TestPrefix(t *testing.T) {
	f, store := shop(t)
	store.Prefix = "/other"
	f.put("/other/services/x", "{}")
	f.put("/other/freeze", `{"reason": "none"}`)
	_, err := store.All(t.Context())
	refused(t, err, "settings of service x: cluster: is missing")
	_, err = store.Frozen(t.Context())
	refused(t, err, "freeze: until: is missing")
}

func TestBadSettingsDoNotHideOthers(t *testing.T) {
	f, store := shop(t)
	bad := own(t, "b")
	bad.WakeCount = 0
	f.putService(t, bad)
	f.put("/catnap/services/d", "not JSON")
	got, err := store.All(t.Context())
	if namesOf(got) != "a c e" {
		t.Errorf("services %s, want a c e", namesOf(got))
	}
	refused(t, err, "settings of service b: wake_count: 0 must be 1 to 10")
	refused(t, err, `settings of service d: "not JSON" must be one JSON object`)
}

func TestByWakerTargetGroup(t *testing.T) {
	f, store := shop(t)
	bad := own(t, "b")
	bad.WakeCount = 0
	f.putService(t, bad)
	got, err := store.ByWakerTargetGroup(t.Context(), own(t, "c").WakerTargetGroup)
	if diff := cmp.Diff(own(t, "c"), got); err != nil || diff != "" {
		t.Errorf("error %v, service (-want +got):\n%s", err, diff)
	}

	_, err = store.ByWakerTargetGroup(t.Context(), bad.WakerTargetGroup)
	if want := "settings of service b: wake_count: 0 must be 1 to 10"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}

	_, err = store.ByWakerTargetGroup(t.Context(), "arn:x")
	missing, ok := errors.AsType[*NotFoundError](err)
	if !ok || missing.WakerTargetGroup != "arn:x" {
		t.Errorf("error %v, want a NotFoundError for arn:x", err)
	}
	refused(t, err, `find service: none has the waker target group "arn:x"`)
	refused(t, err, "settings of service b: wake_count") // it might have been that one
}

func TestSharedByTwoServices(t *testing.T) {
	tests := map[string]struct {
		share func(from Service, to *Service)
		want  string
	}{
		"waker target group": {
			func(from Service, to *Service) { to.WakerTargetGroup = from.WakerTargetGroup },
			`waker_target_group: "` + own(t, "b").WakerTargetGroup +
				`" is shared by services b and d, must be one service's own`,
		},
		"waker rule": {
			func(from Service, to *Service) { to.WakerRule = from.WakerRule },
			`waker_rule: "` + own(t, "b").WakerRule + `" is shared by services b and d, must be one service's own`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, store := shop(t)
			d := own(t, "d")
			test.share(own(t, "b"), &d)
			f.putService(t, d)
			got, err := store.All(t.Context())
			if namesOf(got) != "a c e" {
				t.Errorf("services %s, want a c e", namesOf(got))
			}
			refused(t, err, test.want)
			_, err = store.ByWakerTargetGroup(t.Context(), d.WakerTargetGroup)
			refused(t, err, test.want)
			if _, err = store.ByWakerTargetGroup(t.Context(), own(t, "c").WakerTargetGroup); err != nil {
				t.Errorf("a service that shares nothing: %v", err)
			}
		})
	}
}

func TestFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSSM{}
		store := NewStore(f, time.Now)
		frozen(t, store, time.Time{})

		until := time.Now().Add(40 * time.Second)
		f.put("/catnap/freeze", `{"until": "`+until.Format(time.RFC3339)+`", "reason": "budget"}`)
		frozen(t, store, time.Time{}) // cached
		time.Sleep(30 * time.Second)
		frozen(t, store, until)
		time.Sleep(10 * time.Second) // still cached, and over by itself
		frozen(t, store, time.Time{})
		if f.called() != 2 {
			t.Errorf("%d calls, want 2", f.called())
		}
	})
}

func frozen(t *testing.T, store *Store, want time.Time) {
	t.Helper()
	got, err := store.Frozen(t.Context())
	if err != nil || !got.Equal(want) {
		t.Errorf("frozen until %v, %v, want %v", got, err, want)
	}
}
