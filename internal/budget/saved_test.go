package budget_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

// On the tenth of May it ran for two hours with two tasks, one hour with one, and of four hours nobody knows.
func savings() budget.Service {
	svc := budget.Service{Name: "web", Hourly: 0.5, Priced: true, Read: true, AlwaysOn: 2}
	svc.Buckets = append(full(at(9, 0), at(10, 8), 0), full(at(10, 8), at(10, 10), 2)...)
	svc.Buckets = append(svc.Buckets, full(at(10, 10), at(10, 11), 1)...)
	svc.Buckets = append(svc.Buckets, full(at(10, 15), at(11, 0), 0)...)
	return svc
}

func TestCosts(t *testing.T) {
	unpriced, single := savings(), savings()
	unpriced.Name, unpriced.Priced, single.AlwaysOn = "api", false, 0
	s := budget.Snapshot{Services: []budget.Service{savings(), unpriced, single}}
	want := []budget.Cost{
		// 2x2 + 1 task-hours x 0.5; 20 known hours x 2 tasks x 0.5.
		{Service: "web", TaskHours: 5, Awake: 3 * time.Hour, Unknown: 4 * time.Hour, USD: 2.5, AlwaysOn: 20, Priced: true},
		{Service: "api", TaskHours: 5, Awake: 3 * time.Hour, Unknown: 4 * time.Hour},
		{Service: "web", TaskHours: 5, Awake: 3 * time.Hour, Unknown: 4 * time.Hour, USD: 2.5, AlwaysOn: 10, Priced: true},
	}
	got := budget.Costs(s, at(10, 0), at(11, 0), noon)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if saved := got[0].Saved(); saved != 17.5 {
		t.Errorf("saved %v USD, want 17.5", saved)
	}
	part := budget.Costs(s, at(10, 9).Add(30*time.Minute), at(10, 12), noon)[0]
	half := budget.Cost{
		Service: "web", TaskHours: 2, Awake: 90 * time.Minute, Unknown: time.Hour, USD: 1, AlwaysOn: 1.5, Priced: true,
	}
	if diff := cmp.Diff(half, part); diff != "" {
		t.Errorf("two hours and a half (-want +got):\n%s", diff)
	}
}

func TestAwakeByDay(t *testing.T) {
	svc := savings()
	svc.Buckets = append(svc.Buckets,
		budget.Bucket{Start: at(11, 0), Length: 20 * time.Minute, TaskMinutes: 10, AwakeMinutes: 10})
	days := budget.AwakeByDay(svc, at(10, 13), at(11, 1).Add(30*time.Minute))
	want := []budget.Day{
		{Start: at(10, 0), Awake: 3 * time.Hour, Unknown: 4 * time.Hour},
		{Start: at(11, 0), Awake: 10 * time.Minute, Unknown: 70 * time.Minute},
	}
	for h := range 24 {
		want[0].Hours[h].Known = h < 11 || h >= 15
	}
	want[0].Hours[8].Awake, want[0].Hours[9].Awake, want[0].Hours[10].Awake = time.Hour, time.Hour, time.Hour
	want[1].Hours[0] = budget.Hour{Awake: 10 * time.Minute} // a third of it is known
	if diff := cmp.Diff(want, days); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	days = budget.AwakeByDay(svc, at(-60, 0), noon)
	if len(days) != 36 || days[0].Hours[0].Known || days[0].Unknown != 12*time.Hour {
		t.Errorf("%d days, the first of %s with %s unknown", len(days), days[0].Start, days[0].Unknown)
	}
}
