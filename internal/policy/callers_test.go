package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

var callers = []policy.Caller{
	policy.CallerHealthCheck, policy.CallerStatus, policy.CallerReserved, policy.CallerProbe, policy.CallerMonitor,
	policy.CallerCrawler, policy.CallerWake, policy.CallerClick, policy.CallerNavigation, policy.CallerForm,
	policy.CallerPreflight, policy.CallerStream, policy.CallerSocket, policy.CallerGRPC, policy.CallerClient,
}

var wakeModes = []policy.WakeMode{"", policy.WakeAlways, policy.WakeNavigation, policy.WakeJavaScript}

// sleepers never wake anything, whatever stands in the settings.
var sleepers = []policy.Caller{
	policy.CallerHealthCheck, policy.CallerStatus, policy.CallerReserved, policy.CallerProbe, policy.CallerMonitor,
	policy.CallerCrawler,
}

// Who wakes a service that is asleep, by wake mode, and when the wakes of the hour are used up. A cell is the form of
// the answer and the action.
const whoWakes = `
caller       | always       navigation   javascript   | limited: always  navigation  javascript
health_check | ok           ok           ok           | ok               ok          ok
status       | status       status       status       | status           status      status
reserved     | not_found    not_found    not_found    | not_found        not_found   not_found
probe        | not_found    not_found    not_found    | not_found        not_found   not_found
monitor      | dormant      dormant      dormant      | dormant          dormant     dormant
crawler      | dormant      dormant      dormant      | dormant          dormant     dormant
wake         | status+start status+start status+start | limited          limited     limited
click        | status+start status+start status+start | status+start     status+start status+start
navigation   | page+start   page+start   page         | limited          limited     limited
form         | hold+start   hold+start   dormant      | hold+start       hold+start  dormant
preflight    | hold+start   dormant      dormant      | limited          dormant     dormant
stream       | hold+start   dormant      dormant      | limited          dormant     dormant
socket       | retry+start  dormant      dormant      | limited          dormant     dormant
grpc         | retry+start  dormant      dormant      | limited          dormant     dormant
client       | hold+start   dormant      dormant      | limited          dormant     dormant
`

// What everybody gets where the wake mode makes no difference.
const whereItStands = `
caller       | waking    raised       drowsy        awake     frozen    failed    missing     unmanaged
health_check | ok        ok           ok            ok        ok        ok        ok          ok
status       | status    status       status        status    status    status    status      status
reserved     | not_found not_found    not_found     not_found not_found not_found not_found   not_found
probe        | not_found not_found    not_found     pass      not_found not_found not_found   not_found
monitor      | dormant   dormant      dormant       pass      dormant   dormant   dormant     dormant
crawler      | dormant   dormant      dormant       pass      dormant   dormant   dormant     dormant
wake         | status    status+start status+disarm status    frozen    failed    unavailable unavailable
click        | status    status+start status+disarm status    frozen    failed    unavailable unavailable
navigation   | page      page+start   pass+disarm   pass      frozen    failed    unavailable unavailable
form         | hold      hold+start   pass+disarm   pass      frozen    failed    unavailable unavailable
preflight    | hold      hold+start   pass+disarm   pass      frozen    failed    unavailable unavailable
stream       | hold      hold+start   pass+disarm   pass      frozen    failed    unavailable unavailable
socket       | retry     retry+start  retry+disarm  retry     frozen    failed    unavailable unavailable
grpc         | retry     retry+start  retry+disarm  retry     frozen    failed    unavailable unavailable
client       | hold      hold+start   pass+disarm   pass      frozen    failed    unavailable unavailable
`

// Where the waker can't reach the application, nobody is held and nothing is passed on.
const withoutBypass = `
caller       | asleep       waking    raised       drowsy        awake
health_check | ok           ok        ok           ok            ok
status       | status       status    status       status        status
reserved     | not_found    not_found not_found    not_found     not_found
probe        | not_found    not_found not_found    not_found     not_found
monitor      | dormant      dormant   dormant      dormant       dormant
crawler      | dormant      dormant   dormant      dormant       dormant
wake         | status+start status    status+start status+disarm status
click        | status+start status    status+start status+disarm status
navigation   | page+start   page      page+start   page+disarm   page
form         | retry+start  retry     retry+start  retry+disarm  retry
preflight    | retry+start  retry     retry+start  retry+disarm  retry
stream       | retry+start  retry     retry+start  retry+disarm  retry
socket       | retry+start  retry     retry+start  retry+disarm  retry
grpc         | retry+start  retry     retry+start  retry+disarm  retry
client       | retry+start  retry     retry+start  retry+disarm  retry
`

// column is what a column of the tables stands for.
type column struct {
	name     string
	snapshot policy.Snapshot
	settings []setting
}

func TestEveryCaller(t *testing.T) {
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	failure := asleep(mark(-time.Second, -time.Hour), failed(1))
	in := func(mode policy.WakeMode) setting { return wokenBy(mode) }
	var who, stands, without []column
	for _, mode := range wakeModes[1:] {
		who = append(who, column{string(mode), asleep(m), []setting{in(mode)}})
	}
	for _, mode := range wakeModes[1:] {
		limit := []setting{in(mode), wakesPerHour(1)}
		who = append(who, column{"limited: " + string(mode), asleep(m, woken(-time.Minute)), limit})
	}
	without = append(without, column{"asleep", asleep(m), []setting{bypassOff}})
	for _, mode := range wakeModes {
		stands = []column{
			{"waking", starting(wake), nil},
			{"raised", starting(m), nil},
			{"drowsy", drowsy(m), nil},
			{"awake", awake(m), nil},
			{"frozen", asleep(m, frozen(time.Hour)), nil},
			{"failed", failure, nil},
			{"missing", policy.Snapshot{}, nil},
			{"unmanaged", asleep(m), []setting{unmanaged}},
		}
		for i := range stands {
			stands[i].settings = append(stands[i].settings, in(mode))
		}
		checkTable(t, whereItStands, stands)
	}
	for _, c := range stands[:4] {
		without = append(without, column{c.name, c.snapshot, []setting{bypassOff}})
	}
	checkTable(t, whoWakes, who)
	checkTable(t, withoutBypass, without)
}

func checkTable(t *testing.T, table string, columns []column) {
	t.Helper()
	rows := strings.Split(strings.TrimSpace(table), "\n")[1:]
	if len(rows) != len(callers) {
		t.Errorf("%d rows for %d callers", len(rows), len(callers))
	}
	for _, row := range rows {
		cells := strings.Fields(strings.ReplaceAll(row, "|", " "))
		caller, want := policy.Caller(cells[0]), cells[1:]
		if !slices.Contains(callers, caller) || len(want) != len(columns) {
			t.Fatalf("not a row of %d columns: %s", len(columns), row)
		}
		for i, c := range columns {
			if got := cell(policy.Answer(caller, c.snapshot, usual(c.settings...), noon)); got != want[i] {
				t.Errorf("%s, %s: %s, want %s", caller, c.name, got, want[i])
			}
		}
	}
}

func cell(r policy.Reply) string {
	if r.Action == policy.ActionNone {
		return string(r.Kind)
	}
	return string(r.Kind) + "+" + string(r.Action)
}

// What is done when AWS can't be asked, and when the application that should be there does not answer.
func TestAnswerWithoutApplication(t *testing.T) {
	for _, c := range []struct {
		caller                    policy.Caller
		unknown, off, notAnswered policy.ReplyKind
	}{
		{policy.CallerStatus, policy.ReplyUnavailable, policy.ReplyUnavailable, policy.ReplyStatus},
		{policy.CallerProbe, policy.ReplyNotFound, policy.ReplyNotFound, policy.ReplyNotFound},
		{policy.CallerMonitor, policy.ReplyDormant, policy.ReplyDormant, policy.ReplyUnavailable},
		{policy.CallerCrawler, policy.ReplyDormant, policy.ReplyDormant, policy.ReplyUnavailable},
		{policy.CallerWake, policy.ReplyUnavailable, policy.ReplyUnavailable, policy.ReplyUnavailable},
		{policy.CallerClick, policy.ReplyUnavailable, policy.ReplyUnavailable, policy.ReplyUnavailable},
		{policy.CallerNavigation, policy.ReplyPage, policy.ReplyPage, policy.ReplyPage},
		{policy.CallerForm, policy.ReplyHold, policy.ReplyRetry, policy.ReplyHold},
		{policy.CallerPreflight, policy.ReplyHold, policy.ReplyRetry, policy.ReplyHold},
		{policy.CallerStream, policy.ReplyHold, policy.ReplyRetry, policy.ReplyHold},
		{policy.CallerSocket, policy.ReplyRetry, policy.ReplyRetry, policy.ReplyRetry},
		{policy.CallerGRPC, policy.ReplyRetry, policy.ReplyRetry, policy.ReplyRetry},
		{policy.CallerClient, policy.ReplyHold, policy.ReplyRetry, policy.ReplyHold},
	} {
		t.Run(string(c.caller), func(t *testing.T) {
			want := reply(c.unknown, policy.ActionNone, policy.ReasonUnknown)
			if diff := cmp.Diff(want, policy.AnswerUnknown(c.caller, usual())); diff != "" {
				t.Errorf("AnswerUnknown: -want +got:\n%s", diff)
			}
			want.Kind = c.off
			if diff := cmp.Diff(want, policy.AnswerUnknown(c.caller, usual(bypassOff))); diff != "" {
				t.Errorf("AnswerUnknown, no way to the application: -want +got:\n%s", diff)
			}
			want = reply(c.notAnswered, policy.ActionNone, policy.ReasonWaking)
			if diff := cmp.Diff(want, policy.Waiting(c.caller, usual())); diff != "" {
				t.Errorf("Waiting: -want +got:\n%s", diff)
			}
		})
	}
}

// What needs no settings must look at nothing: nobody will have fetched it.
func TestKindsOfCallers(t *testing.T) {
	lists := map[string][]policy.Caller{
		"needs no settings": {policy.CallerHealthCheck, policy.CallerReserved},
		"does not wait":     {policy.CallerProbe, policy.CallerMonitor, policy.CallerCrawler},
		"shown":             {policy.CallerNavigation, policy.CallerForm},
		"not carried":       {policy.CallerStream, policy.CallerSocket, policy.CallerGRPC},
	}
	for _, c := range callers {
		for name, got := range map[string]bool{
			"needs no settings": !c.NeedsSettings(), "does not wait": !c.Waits(), "shown": c.Shown(), "not carried": !c.Carried(),
		} {
			if want := slices.Contains(lists[name], c); got != want {
				t.Errorf("%s %s: %t, want %t", c, name, got, want)
			}
		}
	}
}
