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
		for range 20 * 24 {
			c.Put("a", "b", nil, time.Now(), 1)
			time.Sleep(time.Hour)
		}
		c.Put("a", "b", nil, time.Now(), 1)
		if len(c.series) != 1 {
			t.Errorf("%d series are held", len(c.series))
		}
		if got := len(c.series[keyOf("a", "b", nil)]); got != 15*24+1 {
			t.Errorf("%d minutes are held", got)
		}
	})
}
