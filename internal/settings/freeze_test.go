package settings

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestFreezeComesBack: what was written is an order to all or to one, and the empty document takes it away.
func TestFreezeComesBack(t *testing.T) {
	f := &fakeSSM{}
	f.putService(t, own(t, "web"))
	f.putService(t, own(t, "api"))
	all := Freeze{
		Until: evening, Reason: "the limit", By: ByCostGuard, Spent: 25.2, Limit: 25, Forecast: 31.5, Currency: "USD",
	}
	one := Freeze{Until: evening.Add(time.Hour), Reason: "a loop", By: ByCostGuard, Cause: "wakes_per_hour"}
	for name, freeze := range map[string]Freeze{"": all, "web": one} {
		if err := NewStore(f, time.Now).PutFreeze(t.Context(), name, freeze); err != nil {
			t.Fatal(err)
		}
	}
	orders, err := NewStore(f, time.Now).Orders(t.Context())
	same(t, "orders", Orders{Freeze: all}, orders, err)
	services, err := NewStore(f, time.Now).All(t.Context())
	same(t, "freezes", []Freeze{{}, one}, []Freeze{services[0].Freeze, services[1].Freeze}, err)

	for _, name := range []string{"", "web"} {
		if err := NewStore(f, time.Now).PutFreeze(t.Context(), name, Freeze{}); err != nil {
			t.Fatal(err)
		}
	}
	if f.parameters["/catnap/freeze"] != "{}" || f.parameters["/catnap/services/web/freeze"] != "{}" {
		t.Errorf("parameters %v", f.parameters)
	}
	orders, err = NewStore(f, time.Now).Orders(t.Context())
	same(t, "orders", Orders{}, orders, err)
	services, err = NewStore(f, time.Now).All(t.Context())
	same(t, "freeze", Freeze{}, services[1].Freeze, err)
}

func same[T any](t *testing.T, what string, want, got T, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s: error %v (-want +got):\n%s", what, err, diff)
	}
}

func TestFrozenUntilTheLater(t *testing.T) {
	for name, tc := range map[string]struct{ all, own, want time.Time }{
		"none":            {},
		"all":             {all: evening, want: evening},
		"own":             {own: evening, want: evening},
		"all for longer":  {all: evening, own: evening.Add(-1), want: evening},
		"own for longer":  {all: evening.Add(-1), own: evening, want: evening},
		"both until then": {all: evening, own: evening, want: evening},
	} {
		if got := (Service{Freeze: Freeze{Until: tc.own}}).FrozenUntil(tc.all); !got.Equal(tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestBadFreezeOfOne: the service stays in the settings, and the mistake is named.
func TestBadFreezeOfOne(t *testing.T) {
	for text, want := range map[string]string{
		`{"by": "costguard"}`:                                 "settings of service web/freeze: freeze: until: is missing",
		`{"until": "2026-05-01T18:00:00Z", "by": "me"}`:       `freeze: by: "me" must be "costguard" or "operator"`,
		`{"til": "2026-05-01T18:00:00Z"}`:                     `freeze: til: "2026-05-01T18:00:00Z" is an unknown key`,
		`{"until": "2026-05-01T18:00:00Z", "cause": "x"}`:     `freeze: cause: "x" must be "budget", "awake_per_day" or`,
		`{"until": "2026-05-01T18:00:00Z", "spent": "a lot"}`: `freeze: spent: "a lot" must be a number`,
	} {
		f := &fakeSSM{}
		f.putService(t, own(t, "web"))
		f.put("/catnap/services/web/freeze", text)
		got, err := NewStore(f, time.Now).All(t.Context())
		refused(t, err, want)
		if len(got) != 1 || got[0].Freeze != (Freeze{}) {
			t.Errorf("%s: got %+v, want the service, not frozen", text, got)
		}
	}
}

func TestOrdersComeBack(t *testing.T) {
	f := &fakeSSM{}
	store := NewStore(f, time.Now)
	thaw, warned := Thaw{Until: evening, Reason: "a launch"}, Warned{Month: "2026-05", Sent: []string{"50", "80"}}
	for _, err := range []error{store.PutThaw(t.Context(), thaw), store.PutWarned(t.Context(), warned)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := store.Orders(t.Context())
	same(t, "orders", Orders{Thaw: thaw, Warned: warned}, got, err)
	if !got.Thaw.Active(evening.Add(-1)) || got.Thaw.Active(evening) || (Thaw{}).Active(evening) {
		t.Error("a thaw holds until its time, and an empty one never")
	}
}

// TestOrdersAreNotCached: two looks at the thaw are two calls.
func TestOrdersAreNotCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSSM{}
		store := NewStore(f, time.Now)
		first, err := store.ReadThaw(t.Context())
		same(t, "thaw", Thaw{}, first, err)
		f.put("/catnap/thaw", `{"until": "2026-05-01T18:00:00Z"}`)
		second, err := store.ReadThaw(t.Context())
		same(t, "thaw", Thaw{Until: evening}, second, err)
	})
}

func TestBadOrders(t *testing.T) {
	for name, tc := range map[string]struct{ parameter, text, want string }{
		"no freeze":        {"freeze", "[]", "freeze: [] must be an object"},
		"no thaw":          {"thaw", `"soon"`, `thaw: "soon" must be an object`},
		"a thaw for ever":  {"thaw", `{"reason": "x"}`, "thaw: until: is missing, must be an RFC 3339 time like"},
		"an unknown thaw":  {"thaw", `{"for": "8h"}`, `thaw: for: "8h" is an unknown key, must be one of reason, until`},
		"a thaw of no day": {"thaw", `{"until": "2026-02-30T00:00:00Z"}`, `until: "2026-02-30T00:00:00Z" must be an RFC 3339`},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeSSM{}
			f.put("/catnap/"+tc.parameter, tc.text)
			_, err := NewStore(f, time.Now).Orders(t.Context())
			refused(t, err, tc.want)
		})
	}
}

// TestUnreadableNoteIsNone: a warning twice is better than a guard that says nothing any more.
func TestUnreadableNoteIsNone(t *testing.T) {
	f := &fakeSSM{}
	f.put("/catnap/budget/warned", "all of them")
	got, err := NewStore(f, time.Now).Orders(t.Context())
	same(t, "orders", Orders{}, got, err)
}

func TestOrdersUnread(t *testing.T) {
	f := &fakeSSM{}
	f.failWith(errors.New("AccessDenied"))
	_, err := NewStore(f, time.Now).Orders(t.Context())
	refused(t, err, "get parameter /catnap/freeze: AccessDenied")
	_, err = NewStore(f, time.Now).ReadThaw(t.Context())
	refused(t, err, "get parameter /catnap/thaw: AccessDenied")
	refused(t, NewStore(f, time.Now).PutFreeze(t.Context(), "web", Freeze{}),
		"put parameter /catnap/services/web/freeze: AccessDenied")
}

// TestServiceFrozen: the later of both, as they are at present, each read again when the other can't be.
func TestServiceFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		hour := time.Now().Add(time.Hour).UTC()
		freeze := func(until time.Time) string { return `{"until": "` + until.Format(time.RFC3339) + `"}` }
		want := func(service string, want time.Time) {
			t.Helper()
			got, err := store.ServiceFrozen(t.Context(), service)
			if err != nil || !got.Equal(want) {
				t.Errorf("%s is frozen until %v, error %v; want %v", service, got, err, want)
			}
		}
		want("a", time.Time{})
		f.put("/catnap/freeze", freeze(hour))
		f.put("/catnap/services/a/freeze", freeze(hour.Add(time.Hour)))
		f.put("/catnap/services/b/freeze", freeze(hour.Add(-time.Minute)))
		time.Sleep(30 * time.Second)
		want("a", hour.Add(time.Hour))
		want("b", hour)
		want("c", hour)

		f.put("/catnap/freeze", "tonight")
		time.Sleep(time.Hour) // too old to be used
		got, err := store.ServiceFrozen(t.Context(), "a")
		if !got.Equal(hour.Add(time.Hour)) {
			t.Errorf("frozen until %v, want the service's own freeze", got)
		}
		refused(t, err, `freeze: "tonight" must be one JSON object`)

		f.put("/catnap/freeze", "{}")
		time.Sleep(time.Hour)
		want("a", time.Time{})
	})
}
