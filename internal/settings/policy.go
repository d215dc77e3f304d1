package settings

import (
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Policy returns the part of the settings that decisions depend on. The settings must be valid.
func (s Service) Policy() policy.Settings {
	settings := policy.Settings{
		Managed:     s.Managed,
		IdleAfter:   time.Duration(s.IdleAfter),
		DrowsyAfter: time.Duration(s.DrowsyAfter),
		MetricLag:   time.Duration(s.MetricLag),
		Settle:      time.Duration(s.Settle),
		HealAfter:   time.Duration(s.HealAfter),
		WakeTimeout: time.Duration(s.WakeTimeout),
		PinnedUntil: s.PinnedUntil(),
		Signals:     len(s.Signals) > 0,

		Wake:         s.Wake,
		WakesPerHour: s.WakesPerHour,
		BypassOff:    s.Bypass == BypassOff,
	}
	if s.Schedule != nil {
		settings.Schedule = s.Schedule.policy()
	}
	return settings
}

// Lists returns the operator's own lists of callers.
func (s Service) Lists() policy.Lists {
	return policy.Lists{
		IgnorePaths:      matchers(s.IgnorePaths),
		IgnoreUserAgents: matchers(s.IgnoreUserAgents),
		AllowPaths:       matchers(s.AllowPaths),
	}
}

func matchers(expressions []Expression) []policy.Matcher {
	var list []policy.Matcher
	for _, e := range expressions {
		list = append(list, e)
	}
	return list
}
