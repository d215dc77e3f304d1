package billing_test

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
)

const day = 24 * time.Hour

func drop(map[string]string, time.Time, float64) {}

// open runs test with an account that is opened some time into a bubble's first month, January 2000.
func open(t *testing.T, o billing.Options, into time.Duration, test func(t *testing.T, a *billing.Account)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		time.Sleep(into)
		test(t, billing.New(o, clock.Clock{}, drop))
	})
}

func charged(t *testing.T, a *billing.Account, service string, want float64) {
	t.Helper()
	if got := a.Charges(time.Now())[service]; math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %.9f USD on %s, want %.9f", service, got, time.Now().UTC().Format(time.DateTime), want)
	}
}

// hourly makes a second cost a cent.
const hourly = 36.0

func TestTaskIsBilledFromItsPullByTheSecond(t *testing.T) {
	for _, test := range []struct {
		ran  time.Duration
		want float64 // seconds
	}{
		{0, 60}, {10 * time.Second, 60}, {time.Minute, 60}, {time.Minute + 1, 61}, {90 * time.Second, 90},
		{89*time.Second + 200*time.Millisecond, 90}, {2 * time.Hour, 7200},
	} {
		open(t, billing.Options{}, day, func(t *testing.T, a *billing.Account) {
			a.Pull("a", hourly)
			time.Sleep(test.ran)
			a.Stop("a")
			a.Stop("a") // says nothing new
			time.Sleep(time.Hour)
			charged(t, a, "AmazonECS", test.want/100)
		})
	}
}

func TestRunningTaskIsBilledUpToNow(t *testing.T) {
	open(t, billing.Options{}, day, func(t *testing.T, a *billing.Account) {
		a.Stop("never pulled")
		a.Pull("a", hourly)
		time.Sleep(10 * time.Second)
		a.Pull("b", 2*hourly)
		time.Sleep(100 * time.Second)
		charged(t, a, "AmazonECS", 1.10+2)
		a.Stop("a")
		time.Sleep(100 * time.Second)
		charged(t, a, "AmazonECS", 1.10+4)
	})
}

// Usage counts for the month in which it was, and the months are UTC's.
func TestChargesStartAnewWithTheMonth(t *testing.T) {
	options := billing.Options{Rates: billing.Rates{LoadBalancer: 0.5, Addresses: 0.25}, Spent: 7, Hourly: 1}
	open(t, options, 31*day-2*time.Hour, func(t *testing.T, a *billing.Account) {
		a.Pull("a", hourly)
		a.Invoke(time.Second)
		time.Sleep(2*time.Hour - 1)
		for service, want := range map[string]float64{"AmazonECS": 72, "AWSELB": 1, "AmazonVPC": 0.5, "AmazonRDS": 9} {
			charged(t, a, service, want)
		}
		time.Sleep(time.Nanosecond)
		for _, service := range []string{"AmazonECS", "AWSELB", "AmazonVPC", "AWSLambda", "AmazonRDS"} {
			charged(t, a, service, 0)
		}
		time.Sleep(100 * time.Second)
		a.Stop("a")
		time.Sleep(26 * time.Hour)
		for service, want := range map[string]float64{
			"AmazonECS": 1, "AWSELB": 13.5, "AmazonVPC": 6.75, "AmazonRDS": 26 + 100.0/3600,
		} {
			charged(t, a, service, want)
		}
		time.Sleep(60 * day) // old runs are forgotten with the next one
		a.Pull("b", hourly)
		charged(t, a, "AmazonECS", 0)
	})
}

func TestLoadBalancerIsBilledByTheHourBegun(t *testing.T) {
	open(t, billing.Options{Rates: billing.Rates{LoadBalancer: 1}}, day, func(t *testing.T, a *billing.Account) {
		for _, step := range []struct {
			wait time.Duration
			want float64
		}{{0, 0}, {1, 1}, {time.Hour - 1, 1}, {1, 2}, {23 * time.Hour, 25}} {
			time.Sleep(step.wait)
			charged(t, a, "AWSELB", step.want)
		}
	})
}

func TestInvocationsAreBilledByTheMillisecond(t *testing.T) {
	rates := billing.Rates{Requests: 0.2, FunctionHour: 36}
	open(t, billing.Options{Rates: rates}, day, func(t *testing.T, a *billing.Account) {
		a.Invoke(0)
		charged(t, a, "AWSLambda", 0.0000002)
		a.Invoke(1200 * time.Microsecond)
		charged(t, a, "AWSLambda", 0.0000004+2*0.00001)
		a.Invoke(time.Second)
		charged(t, a, "AWSLambda", 0.0000006+1002*0.00001)
	})
}

// figure is one value of the metric.
type figure struct {
	when string // its own time, day and hour
	of   string // its dimensions but the currency
	usd  float64
}

// told are the figures that an account hands over while test lasts.
func told(t *testing.T, o billing.Options, into time.Duration, test func(a *billing.Account)) (all []figure) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		time.Sleep(into)
		a := billing.New(o, clock.Clock{}, func(dimensions map[string]string, at time.Time, usd float64) {
			f := figure{at.UTC().Format("2 15:04"), dimensions["ServiceName"], usd}
			if account := dimensions["LinkedAccount"]; account != "" {
				f.of += "@" + account
			}
			if want := len(dimensions); dimensions["Currency"] != "USD" || want > 3 {
				t.Errorf("dimensions %v", dimensions)
			}
			all = append(all, f)
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { a.Run(ctx); close(ended) }()
		test(a)
		stop()
		<-ended
	})
	return all
}

func only(all []figure, of string) (chosen []figure) {
	for _, f := range all {
		if f.of == of {
			chosen = append(chosen, f)
		}
	}
	return chosen
}

// Seven dollars were spent in the 21 hours before, then one in each. The figures of those hours are there, too, and
// those of the month before, in which it was as much.
func TestFigureEverySixHours(t *testing.T) {
	for behind, want := range map[time.Duration][]figure{
		0: {
			{"31 18:00", "", 6.94}, {"1 00:00", "", 0}, {"1 06:00", "", 2}, {"1 12:00", "", 4}, {"1 18:00", "", 6},
			{"2 00:00", "", 10}, {"2 06:00", "", 16},
		},
		4 * time.Hour: {
			{"31 18:00", "", 6.91}, {"1 00:00", "", 6.96}, {"1 06:00", "", 0.67}, {"1 12:00", "", 2.67}, {"1 18:00", "", 4.67}, {"2 00:00", "", 6.67},
			{"2 06:00", "", 12},
		},
	} {
		o := billing.Options{Spent: 7, Hourly: 1, Behind: behind}
		got := only(told(t, o, 21*time.Hour, func(*billing.Account) { time.Sleep(10 * time.Hour) }), "")
		if len(got) != 31*4+6 {
			t.Errorf("%d figures", len(got))
		}
		if diff := cmp.Diff(want, got[len(got)-7:], cmp.AllowUnexported(figure{})); diff != "" {
			t.Errorf("%s behind (-want +got):\n%s", behind, diff)
		}
	}
}

// What is behind tells of the old month for as long; then the figures start anew. There is one at the month's turn,
// however the steps fall.
func TestFiguresAtTheTurnOfTheMonth(t *testing.T) {
	for behind, want := range map[time.Duration][]figure{
		0:                {{"31 20:00", "", 20}, {"1 00:00", "", 0}, {"1 05:00", "", 5}, {"1 10:00", "", 10}},
		90 * time.Minute: {{"31 20:00", "", 18.5}, {"1 00:00", "", 22.5}, {"1 05:00", "", 3.5}, {"1 10:00", "", 8.5}},
	} {
		o := billing.Options{Hourly: 1, Behind: behind, Every: 5 * time.Hour}
		got := only(told(t, o, 30*day, func(*billing.Account) { time.Sleep(36 * time.Hour) }), "")
		after := got[len(got)-4:]
		if diff := cmp.Diff(want, after, cmp.AllowUnexported(figure{})); diff != "" {
			t.Errorf("%s behind (-want +got):\n%s", behind, diff)
		}
	}
}

// Each service that has cost anything has its figure, the total always, both once for the account; in cents.
func TestDimensionsOfTheMetric(t *testing.T) {
	o := billing.Options{Rates: billing.Rates{LoadBalancer: 0.0278, Requests: 0.2}}
	got := told(t, o, 0, func(a *billing.Account) {
		time.Sleep(time.Hour)
		a.Pull("a", 0.0136)
		a.Invoke(0)
		time.Sleep(5*time.Hour + 1)
	})
	const account = "@000000000000"
	want := []figure{
		{"1 00:00", "", 0}, {"1 00:00", account, 0},
		{"1 06:00", "AWSELB", 0.17}, {"1 06:00", "AWSELB" + account, 0.17},
		{"1 06:00", "AWSLambda", 0}, {"1 06:00", "AWSLambda" + account, 0},
		{"1 06:00", "AmazonECS", 0.07}, {"1 06:00", "AmazonECS" + account, 0.07},
		{"1 06:00", "", 0.23}, {"1 06:00", account, 0.23},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(figure{})); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

func TestMetricThatIsOff(t *testing.T) {
	got := told(t, billing.Options{Off: true, Spent: 9}, day, func(*billing.Account) { time.Sleep(day) })
	if got != nil {
		t.Errorf("got %v", got)
	}
}
