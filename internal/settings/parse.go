package settings

import (
	"net/http"
	"regexp"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Parse reads the settings of the service called name, fills in the defaults and validates them. The error has one
// line for every problem.
func Parse(name string, text []byte) (Service, error) {
	s, err := parse(name, text)
	if err != nil {
		return Service{}, err
	}
	return s, nil
}

// parse returns what could be read even when there is an error.
func parse(name string, text []byte) (Service, error) {
	s := defaults(name)
	d := decodeStrict(text, &s)
	s.fill(d.given)
	all := append(d.problems, s.problems().without(d.problems)...)
	return s, all.err(s.document())
}

func (s Service) document() string { return "settings of service " + s.Name }

// defaults are those that do not depend on other fields; fill adds the rest.
func defaults(name string) Service {
	return Service{
		Name:        name,
		ProbePath:   "/",
		Patterns:    []string{everything},
		Managed:     true,
		WakeCount:   1,
		IdleAfter:   Duration(5 * time.Minute),
		MetricLag:   Duration(time.Minute),
		Settle:      Duration(30 * time.Second),
		HealAfter:   Duration(time.Minute),
		WakeTimeout: Duration(5 * time.Minute),
		Hold:        Duration(55 * time.Second),

		Bypass:        BypassLoadBalancer,
		Wake:          policy.WakeAlways,
		WakesPerHour:  10,
		MonitorStatus: http.StatusOK,
		CrawlerStatus: http.StatusServiceUnavailable,
	}
}

// fill asks what was given and not what is zero: "0s" is a mistake to report and not a wish for the default.
func (s *Service) fill(given map[string]bool) {
	if !given["drowsy_after"] {
		s.DrowsyAfter = max(s.IdleAfter/2, Duration(time.Minute))
	}
	for i := range s.Signals {
		if !given[member(element("signals", i), "statistic")] {
			s.Signals[i].Statistic = "Sum"
		}
	}
}

// names are what SSM allows in one level of a parameter's name; 64 is catnap's own limit.
var names = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,64}$`)
