package settings

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func (f *fakeSSM) putUnder(t testing.TB, prefix string, s Service) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	f.put(prefix+"/services/"+s.Name, string(text))
}

func discover(t *testing.T, f *fakeSSM, root string) Fleet {
	t.Helper()
	fleet, err := Discover(t.Context(), f, root, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return fleet
}

// found lists the members as prefix:name.
func found(fleet Fleet) string {
	var list []string
	for _, m := range fleet.Members {
		list = append(list, m.Store.Prefix+":"+m.Name)
	}
	return strings.Join(list, " ")
}

// TestDiscover: in one place for all, or in one for each, as stacks make it; and nothing else.
func TestDiscover(t *testing.T) {
	f := &fakeSSM{}
	for prefix, name := range map[string]string{
		"/catnap": "web", "/catnap/api": "api", "/catnap/shop": "shop", "/catnap/deep/er": "deep", "/catnapper": "other",
	} {
		f.putUnder(t, prefix, own(t, name))
	}
	f.put("/catnap/services/web/pin", `{"until": "2026-05-01T18:00:00Z"}`)
	f.put("/catnap/api/services/api/wakes", `{"wakes": [{"at": "2026-05-01T18:00:00Z"}]}`)
	f.put("/catnap/freeze", `{"until": "2026-05-01T18:00:00Z"}`)
	f.put("/catnap/services", "{}")
	f.put("/catnap/api/service/api", "{}")
	fleet := discover(t, f, "/catnap")
	if got, want := found(fleet), "/catnap/api:api /catnap/shop:shop /catnap:web"; got != want || fleet.Err() != nil {
		t.Fatalf("found %s, want %s; error %v", got, want, fleet.Err())
	}
	if len(fleet.Members[0].Wakes) != 1 || !fleet.Members[2].Pinned.Equal(evening) {
		t.Errorf("parts are missing: %+v", fleet.Members)
	}
	if got := found(discover(t, f, "/catnap/api")); got != "/catnap/api:api" {
		t.Errorf("below a stack's own prefix: found %s", got)
	}
}

// TestDiscoveredStores: each reads what is below its own prefix, and does not ask again for what was just found.
func TestDiscoveredStores(t *testing.T) {
	f := &fakeSSM{}
	f.putUnder(t, "/catnap", own(t, "web"))
	f.putUnder(t, "/catnap/api", own(t, "api"))
	f.put("/catnap/api/freeze", `{"until": "2999-01-01T00:00:00Z", "reason": "budget"}`)
	fleet := discover(t, f, "/catnap")
	calls := f.called()
	got := map[string]Freeze{}
	for _, m := range fleet.Members {
		freeze, err := m.Store.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got[m.Name] = freeze
		if all, err := m.Store.All(t.Context()); err != nil || len(all) != 1 || all[0].Name != m.Name {
			t.Errorf("store of %s holds %s (%v)", m.Name, namesOf(all), err)
		}
	}
	want := map[string]Freeze{
		"web": {}, "api": {Until: time.Date(2999, time.January, 1, 0, 0, 0, 0, time.UTC), Reason: "budget"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("freezes (-want +got):\n%s", diff)
	}
	if made := f.called() - calls; made != 2 {
		t.Errorf("%d calls for two freezes", made)
	}
}

func TestPick(t *testing.T) {
	one, several, twice, bad, worse := &fakeSSM{}, &fakeSSM{}, &fakeSSM{}, &fakeSSM{}, &fakeSSM{}
	worse.put("/catnap/services/broken", "{}")
	worse.put("/catnap/b/services/broken", `{"cluster": "c"}`)
	one.putUnder(t, "/catnap", own(t, "web"))
	several.putUnder(t, "/catnap", own(t, "web"))
	several.putUnder(t, "/catnap/api", own(t, "api"))
	several.put("/catnap/services/broken", "{}")
	twice.putUnder(t, "/catnap", own(t, "web"))
	twice.putUnder(t, "/catnap/web", own(t, "web"))
	bad.put("/catnap/services/broken", "{}")
	tests := map[string]struct {
		ssm        *fakeSSM
		name, want string // want: the prefix
		err        string
	}{
		"the only one":           {ssm: one, want: "/catnap"},
		"the only one by name":   {ssm: one, name: "web", want: "/catnap"},
		"one of several":         {ssm: several, name: "api", want: "/catnap/api"},
		"unknown":                {ssm: several, name: "wbe", err: `find service "wbe": unknown, must be one of api, broken, web`},
		"not said which":         {ssm: several, err: "find the service: there are several, name one of api, broken, web"},
		"twice":                  {ssm: twice, name: "web", err: `find service "web": there is one at each of /catnap, /catnap/web: say which by --prefix`},
		"twice, and not named":   {ssm: twice, err: `find service "web": there is one at each of /catnap, /catnap/web`},
		"bad settings":           {ssm: several, name: "broken", err: "settings of service broken: cluster: is missing"},
		"bad settings, only one": {ssm: bad, err: "settings of service broken: cluster: is missing"},
		"bad settings, twice":    {ssm: worse, name: "broken", err: "settings of service broken: service: is missing"},
		"none":                   {ssm: &fakeSSM{}, err: "no parameter is below /catnap/services, nor below /catnap/<stack>/services"},
		"none of that name":      {ssm: &fakeSSM{}, name: "web", err: "deploy template.yaml beside a service first"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := discover(t, test.ssm, "/catnap").Pick(test.name)
			if test.err != "" {
				refused(t, err, test.err)
				return
			}
			if err != nil || got.Store.Prefix != test.want {
				t.Errorf("got %s of %v, error %v; want it of %s", got.Name, got.Store, err, test.want)
			}
		})
	}
	_, err := discover(t, several, "/catnap").Pick("x")
	if _, ok := errors.AsType[*ChoiceError](err); !ok {
		t.Errorf("%v is a %T", err, err)
	}
	_, err = discover(t, &fakeSSM{}, "/catnap").Pick("")
	if _, ok := errors.AsType[*NoServiceError](err); !ok {
		t.Errorf("%v is a %T", err, err)
	}
}

func TestDiscoverNamesAllProblems(t *testing.T) {
	f := &fakeSSM{}
	f.putUnder(t, "/catnap", own(t, "web"))
	f.put("/catnap/services/web/wakes", "[]")
	f.put("/catnap/b/services/b", "{}")
	f.put("/catnap/a/services/a", "{}")
	fleet := discover(t, f, "/catnap")
	if found(fleet) != "/catnap:web" {
		t.Errorf("found %s", found(fleet))
	}
	for _, want := range []string{"service a: cluster", "service b: cluster", "service web/wakes: read wakes"} {
		refused(t, fleet.Err(), want)
	}
}

func TestDiscoverUnread(t *testing.T) {
	f := &fakeSSM{}
	f.failWith(errors.New("AccessDenied"))
	_, err := Discover(t.Context(), f, "/catnap", time.Now)
	refused(t, err, "get parameters below /catnap: AccessDenied")
}
