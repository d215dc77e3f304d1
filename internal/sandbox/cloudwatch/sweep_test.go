package cloudwatch

import (
	"testing"
	"testing/synctest"
	"time"
)

// Inside the package, because memory cannot be seen from outside.
func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c CloudWatch
		c.Put("a", "forgotten", nil, time.Now(), 1)
		for range 500 * 24 {
			c.Put("a", "b", nil, time.Now(), 1)
			time.Sleep(time.Hour)
		}
		c.Put("a", "b", nil, time.Now(), 1)
		if len(c.series) != 1 {
			t.Errorf("%d series are held", len(c.series))
		}
		kept := c.series[keyOf(home, "a", "b", nil)]
		for tier, days := range [...]int{16, 64 - 15, 456 - 63} {
			if got := len(kept[tier]); got < (days-1)*24 || got > days*24 {
				t.Errorf("%d points of %s are held, want %d days of them", got, tiers[tier].grain, days)
			}
		}
	})
}
