package evidence_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/evidence"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

var noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

// account is CloudWatch and ECS with one service, every minute of which was busy.
type account struct {
	asked      []string
	protected  bool
	meterErr   error
	protectErr error
}

func (a *account) Minutes(_ context.Context, _ settings.Service, from, now time.Time) ([]policy.Minute, error) {
	var minutes []policy.Minute
	a.asked = append(a.asked, "minutes")
	for ; !from.After(now); from = from.Add(time.Minute) {
		minutes = append(minutes, policy.Minute{Start: from, Busy: true})
	}
	return minutes, a.meterErr
}

func (a *account) Protected(context.Context, settings.Service) (bool, error) {
	a.asked = append(a.asked, "protected")
	return a.protected, a.protectErr
}

func (a *account) complete(t *testing.T, seen policy.Snapshot) (policy.Snapshot, error) {
	t.Helper()
	svc := settings.Service{
		Managed: true, IdleAfter: settings.Duration(5 * time.Minute), DrowsyAfter: settings.Duration(time.Minute),
	}
	return evidence.New(a, a, func() time.Time { return noon }).Complete(t.Context(), svc, seen)
}

// running was switched ten minutes ago, a minute after the last activity.
func running(armed bool) policy.Snapshot {
	mark := policy.Mark{Since: noon.Add(-10 * time.Minute), Active: noon.Add(-11 * time.Minute)}
	return policy.Snapshot{Found: true, Desired: 1, Running: 1, Healthy: 1, Rule: policy.Rule{Armed: armed, Mark: mark}}
}

func TestComplete(t *testing.T) {
	asleep, recent := running(true), running(false)
	asleep.Desired, recent.Seen = 0, noon.Add(-30*time.Second)
	tests := map[string]struct {
		seen    policy.Snapshot
		asked   []string
		minutes int
	}{
		"asleep":          {asleep, nil, 0},
		"busy just now":   {recent, nil, 0},
		"quiet, disarmed": {running(false), []string{"minutes"}, 11},
		"quiet, armed":    {running(true), []string{"minutes", "protected"}, 12},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := &account{protected: true}
			got, err := a.complete(t, test.seen)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.asked, a.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			want := summary{test.minutes, test.minutes > 0 && test.seen.Rule.Armed}
			if got := summed(got.Evidence); got != want {
				t.Errorf("evidence %+v, want %+v", got, want)
			}
		})
	}
}

// summary is of evidence; its zero value is that of none.
type summary struct {
	minutes   int
	protected bool
}

func summed(e *policy.Evidence) summary {
	if e == nil {
		return summary{}
	}
	return summary{len(e.Minutes), e.Protected}
}

func TestUnknownIsAnError(t *testing.T) {
	for _, a := range []*account{{meterErr: errors.New("throttled")}, {protectErr: errors.New("throttled")}} {
		if got, err := a.complete(t, running(true)); err == nil {
			t.Errorf("got %+v without an error, of %+v", got, a)
		}
	}
}
