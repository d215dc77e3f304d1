package compose

import (
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// health writes out the defaults that compose has: ECS's own would be a timeout of 5 s.
func (c *conversion) health(p path, given *types.HealthCheckConfig) *Health {
	if given == nil || given.Disable || isNone(given.Test) {
		return nil
	}
	if !c.checkTest(p, given.Test) {
		return nil
	}
	if given.StartInterval != nil {
		c.note(p.to("start_interval"), "is left out: ECS checks at the same interval from the start")
	}
	return &Health{
		Test:        given.Test,
		Interval:    c.within(p.to("interval"), given.Interval, 30*time.Second, 5*time.Second, 5*time.Minute),
		Timeout:     c.within(p.to("timeout"), given.Timeout, 30*time.Second, 2*time.Second, time.Minute),
		StartPeriod: c.within(p.to("start_period"), given.StartPeriod, 0, 0, 5*time.Minute),
		Retries:     c.retries(p.to("retries"), given.Retries),
	}
}

// isNone tells whether a test switches off the image's own.
func isNone(test types.HealthCheckTest) bool { return len(test) > 0 && test[0] == "NONE" }

// tests tells whether ECS can tell a healthy container.
func tests(given *types.HealthCheckConfig) bool {
	return given != nil && !given.Disable && len(given.Test) > 1
}

func (c *conversion) checkTest(p path, test types.HealthCheckTest) bool {
	if len(test) == 0 {
		c.add(p.to("test"), "is missing: must be the command that checks; ECS does not run the one in an image")
		return false
	}
	first := p.to("test")
	if !slices.Contains([]string{"CMD", "CMD-SHELL"}, test[0]) {
		c.refuse(first.to(index(0)), "must be CMD, CMD-SHELL or NONE: it says how the rest is run")
		return false
	}
	if len(test) == 1 || test[1] == "" {
		c.add(first, "must have the command that checks")
		return false
	}
	return true
}

func (c *conversion) within(p path, given *types.Duration, otherwise, least, most time.Duration) time.Duration {
	if given == nil {
		return otherwise
	}
	return c.seconds(p, time.Duration(*given), least, most)
}

func (c *conversion) retries(p path, given *uint64) int {
	if given == nil {
		return 3
	}
	c.check(1 <= *given && *given <= 10, p, "must be 1 to 10")
	return int(min(*given, 10))
}
