package policy

import "time"

// Settings are the durations and orders that decisions depend on. Package settings reads and validates them.
type Settings struct {
	Managed     bool          // false: catnap looks and touches nothing
	IdleAfter   time.Duration // quiet for this long: stop
	DrowsyAfter time.Duration // quiet for this long: arm
	MetricLag   time.Duration // a minute that ended less than this ago is not settled
	Settle      time.Duration // how long a changed listener rule may take to spread
	HealAfter   time.Duration // how long a disarmed service may be without a healthy target
	WakeTimeout time.Duration // a wake without a healthy target has failed after this
	PinnedUntil time.Time     // the operator's order to stay awake; zero when there is none
	Signals     bool          // metrics beside requests keep it awake
	Schedule    Schedule      // windows in which the service is awake

	Wake         WakeMode // who wakes it
	WakesPerHour int      // more are not made without a person's click; 0 means no limit
	BypassOff    bool     // the waker can't reach the application: nothing is held or passed on
}

// WakeMode says who wakes a service. The zero value is WakeAlways.
type WakeMode string

// The modes. A service that is awake, or on its way, serves everybody in all of them.
const (
	WakeAlways     WakeMode = "always"     // every request for which somebody waits
	WakeNavigation WakeMode = "navigation" // people in browsers: pages that are opened, forms that are sent
	WakeJavaScript WakeMode = "javascript" // the waiting page's script
)
