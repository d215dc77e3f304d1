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
		PinnedUntil: s.Pin,
		Signals:     len(s.Signals) > 0,
	}
	if s.Schedule != nil {
		settings.Schedule = s.Schedule.policy()
	}
	return settings
}
