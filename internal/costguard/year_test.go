package costguard_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/price"
)

// limit is what a month may cost; most cost about forty.
const limit = 50

// delay is how long what runs may be unseen: a point of the bill lacks six hours that nobody counts beside it, it is
// dated to the end of its hour, and an hour passes between two looks.
const delay = 8 * time.Hour

// runsAway tells when the batch service hangs and never ends.
func runsAway(at time.Time) bool {
	return at.Month() == time.April && at.Day() >= 12 || at.Month() == time.September && at.Day() >= 5
}

func office(at time.Time) (tasks, minutes int) {
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday || at.Hour() < 8 || at.Hour() >= 18 {
		return 0, 0
	}
	return 1, 60
}

func blog(at time.Time) (tasks, minutes int) {
	return 1, max(0, rand.New(rand.NewPCG(5, uint64(at.Unix()))).IntN(200)-140)
}

func batch(at time.Time) (tasks, minutes int) {
	if runsAway(at) {
		return 3, 60
	}
	if at.Hour() == 2 || at.Hour() == 3 {
		return 1, 60
	}
	return 0, 0
}

func newAccount(t *testing.T, begin time.Time) *account {
	t.Helper()
	a := &account{
		now: begin, begin: begin, services: map[string]*habitant{},
		parameters: map[string]string{
			"/catnap/budget": `{"limit": 50, "topic": "arn:aws:sns:eu-west-3:123456789012:catnap"}`,
		},
	}
	table := price.Default()
	var err error
	a.fixed, err = table.Bill(region, price.Amount{Item: price.ALB, Units: 1}, price.Amount{Item: price.IPv4, Units: 2})
	if err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]struct {
		task  price.Task
		habit func(time.Time) (int, int)
	}{
		"office": {price.Task{CPU: 512, MemoryMiB: 1024}, office},
		"blog":   {price.Task{CPU: 256, MemoryMiB: 512, ARM: true}, blog},
		"batch":  {price.Task{CPU: 2048, MemoryMiB: 4096, Spot: true}, batch},
	} {
		usd, err := table.Task(region, h.task)
		if err != nil {
			t.Fatal(err)
		}
		definition := types.TaskDefinition{
			Cpu: sdk.String(text(h.task.CPU)), Memory: sdk.String(text(h.task.MemoryMiB)),
			RuntimePlatform: &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664},
		}
		if h.task.ARM {
			definition.RuntimePlatform.CpuArchitecture = types.CPUArchitectureArm64
		}
		a.services[name] = &habitant{
			definition: definition, spot: h.task.Spot, hourly: usd, habit: h.habit, ran: map[int64][2]int{},
		}
		a.put(name)
	}
	return a
}

func text(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// TestYear: twelve months with an hourly guard, at real prices, by the real handler and the SDK's own clients. No month
// costs more than the limit and what runs unseen for a metering delay; a month that stays under it has no freeze; each
// message goes out once; and with the month the freeze ends. Under the race detector a year of calls takes too long:
// then it is the month that has the first run-away.
func TestYear(t *testing.T) {
	begin, end := first(2026, time.January), first(2027, time.January)
	if racing || testing.Short() {
		begin, end = first(2026, time.April), first(2026, time.May).AddDate(0, 0, 1)
	}
	a := newAccount(t, begin)
	frozen := a.liveUntil(t, end)
	worst := a.fixed // in an hour, with everything that may run
	for _, h := range a.services {
		worst += 3 * h.hourly
	}
	for month := begin; !month.AddDate(0, 1, 0).After(end); month = month.AddDate(0, 1, 0) {
		usd := a.between(month, month.AddDate(0, 1, 0))
		ranAway := month.Month() == time.April || month.Month() == time.September
		at, isFrozen := frozen[month.Month()]
		if isFrozen != ranAway {
			t.Errorf("%s costs %.2f, frozen %v", month.Month(), usd, isFrozen)
		}
		// After the freeze the load balancer goes on costing, to the month's end.
		most := limit + delay.Hours()*worst
		if isFrozen {
			most += month.AddDate(0, 1, 0).Sub(at).Hours() * a.fixed
		}
		if usd > most {
			t.Errorf("%s costs %.2f, more than %.2f", month.Month(), usd, most)
		}
		a.told(t, month, ranAway)
	}
}

func first(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// liveUntil runs the guard at ten past each hour, and tells when in each month all was frozen.
func (a *account) liveUntil(t *testing.T, end time.Time) (frozen map[time.Month]time.Time) {
	t.Helper()
	frozen = map[time.Month]time.Time{}
	for guard := a.guard(); a.now.Before(end); {
		a.live()
		if a.now.Day() == 1 && a.now.Hour() == 0 && a.frozen("office") {
			t.Errorf("still frozen in the first hour of %s", a.now.Month())
		}
		if _, err := guard.Handle(t.Context(), json.RawMessage(`{}`)); err != nil {
			t.Fatalf("%s: %v", a.now, err)
		}
		if _, known := frozen[a.now.Month()]; !known && a.frozen("office") {
			frozen[a.now.Month()] = a.now
		}
	}
	return frozen
}

// told: each message of a month once, and those of a spent budget in the months that have one.
func (a *account) told(t *testing.T, month time.Time, ranAway bool) {
	t.Helper()
	prefix := month.Format("01 ")
	var keys []string
	for _, line := range a.sent {
		if key, ok := strings.CutPrefix(line, prefix); ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if unique := slices.Compact(slices.Clone(keys)); len(unique) != len(keys) {
		t.Errorf("%s: sent twice: %v", month.Month(), keys)
	}
	if got := slices.Contains(keys, "spent-100"); got != ranAway {
		t.Errorf("%s: sent %v", month.Month(), keys)
	}
	if !slices.Contains(keys, "spent-50") {
		t.Errorf("%s: half was not told: %v", month.Month(), keys)
	}
}
