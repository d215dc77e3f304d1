package traffic_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
	"github.com/catnap-dev/catnap/internal/settings"
)

// lateness is how late each metric is, by the minute of its point; requests are never later than the heartbeat.
type lateness struct{ requests, heartbeat [60]time.Duration }

func (l *lateness) of(metric string, minute time.Time) time.Duration {
	if metric == "RequestCount" {
		return l.requests[minute.Minute()]
	}
	return l.heartbeat[minute.Minute()]
}

func drawLateness(r *rapid.T) *lateness {
	seconds := func(most int, label string) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(r, label)) * time.Second
	}
	var l lateness
	for i := range 60 {
		l.heartbeat[i] = seconds(300, "heartbeat lag")
		l.requests[i] = seconds(int(l.heartbeat[i]/time.Second), "request lag")
	}
	return &l
}

// Never is a minute called settled and quiet in which a request shows up later.
func TestSettledAndQuietIsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The wrapper hides Deadline, which rapid would call and a bubble forbids.
		rapid.Check(struct{ testing.TB }{t}, func(r *rapid.T) {
			time.Sleep(25 * time.Hour) // away from the last check's hour
			h := newHistory(r)
			for range rapid.IntRange(5, 60).Draw(r, "steps") {
				h.step(r)
			}
			h.expectNoneQuiet(r)
			time.Sleep(10 * time.Minute) // by now all is known
			h.expectAllKnown(r)
		})
	})
}

// history is what really happened, and what was said of it.
type history struct {
	metrics cloudwatch.CloudWatch
	service settings.Service
	begin   time.Time
	busy    map[int64]bool // by minute
	quiet   map[int64]bool // settled and not busy, at some look
}

func newHistory(r *rapid.T) *history {
	h := &history{service: service(), begin: time.Now(), busy: map[int64]bool{}, quiet: map[int64]bool{}}
	h.metrics.Lag = drawLateness(r).of
	h.service.MetricLag = settings.Duration(time.Duration(rapid.IntRange(0, 180).Draw(r, "metric lag")) * time.Second)
	return h
}

func (h *history) step(r *rapid.T) {
	time.Sleep(time.Duration(rapid.IntRange(1, 100).Draw(r, "seconds")) * time.Second)
	minute := time.Now().Truncate(time.Minute)
	switch rapid.IntRange(0, 3).Draw(r, "what") {
	case 0:
		h.metrics.Put(namespace, "RequestCount", group, time.Now(), 1)
		h.busy[minute.Unix()] = true
	case 1, 2:
		h.metrics.Put(namespace, "HealthyHostCount", group, minute, float64(rapid.IntRange(0, 1).Draw(r, "hosts")))
	}
	for _, m := range h.look(r) {
		if m.Settled && !m.Busy {
			h.quiet[m.Start.Unix()] = true
		}
		if m.Busy && !h.busy[m.Start.Unix()] {
			r.Fatalf("%s is busy without a request", m.Start)
		}
	}
}

func (h *history) look(r *rapid.T) []policy.Minute {
	minutes, err := reader(&h.metrics).Minutes(context.Background(), h.service, h.begin, time.Now())
	if err != nil {
		r.Fatal(err)
	}
	return minutes
}

func (h *history) expectNoneQuiet(r *rapid.T) {
	for start := range h.busy {
		if h.quiet[start] {
			r.Fatalf("%s was called quiet", time.Unix(start, 0).UTC())
		}
	}
}

func (h *history) expectAllKnown(r *rapid.T) {
	for _, m := range h.look(r) {
		if m.Busy != h.busy[m.Start.Unix()] {
			r.Fatalf("%s is busy: %t", m.Start, m.Busy)
		}
	}
}

// A heartbeat whose answer comes late, after a retry for instance, may tell of a minute whose requests were not visible
// yet when it was asked for. So the requests are asked for after it.
func TestALateAnswerSettlesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := cloudwatch.CloudWatch{Lag: func(string, time.Time) time.Duration { return 95 * time.Second }} // until 12:00:35
		put(&c, "RequestCount", 2*time.Minute, 1)
		put(&c, "HealthyHostCount", 2*time.Minute, 1)
		if m := read(t, slowHeartbeat{&c}, service(), 2*time.Minute)[0]; !m.Settled || !m.Busy {
			t.Errorf("got %+v, with its heartbeat and its request", m)
		}
	})
}

type slowHeartbeat struct{ *cloudwatch.CloudWatch }

func (s slowHeartbeat) Handle(ctx context.Context, input any) (any, error) {
	if *input.(*sdk.GetMetricStatisticsInput).MetricName == "HealthyHostCount" {
		time.Sleep(time.Second)
	}
	return s.CloudWatch.Handle(ctx, input)
}
