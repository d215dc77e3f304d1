package cloudwatch

import "time"

const day = 24 * time.Hour

// tiers are the grains in which AWS keeps data, each for so long [CW-16]: one minute, then rolled up to five, then to
// an hour, then gone.
var tiers = [...]struct{ grain, kept time.Duration }{
	{time.Minute, 15 * day}, {5 * time.Minute, 63 * day}, {time.Hour, 455 * day},
}

// series is a metric: for each tier its values by the beginning of their grain, in UTC.
type series [len(tiers)]map[time.Time]summary

type sample struct {
	at time.Time
	summary
}

func (s *series) add(tier int, at time.Time, values summary) {
	if s[tier] == nil {
		s[tier] = map[time.Time]summary{}
	}
	at = at.UTC().Truncate(tiers[tier].grain)
	s[tier][at] = s[tier][at].add(values)
}

// tierOf is where a value belongs that is put now. What is too old for all of them goes to the last, to be forgotten.
func tierOf(at, now time.Time) int {
	for tier := range tiers {
		if now.Sub(at) <= tiers[tier].kept {
			return tier
		}
	}
	return len(tiers) - 1
}

// roll moves what is too old for its tier into the next one, and returns whether anything is left at all.
func (s *series) roll(now time.Time) (left bool) {
	for tier := range s {
		for at, values := range s[tier] {
			if now.Sub(at) <= tiers[tier].kept {
				continue
			}
			delete(s[tier], at)
			if tier+1 < len(s) {
				s.add(tier+1, at, values)
			}
		}
		left = left || len(s[tier]) > 0
	}
	return left
}

// sweep rolls all series up, once a day: a series holds 16 days of minutes at most. That it may come late is not to be
// seen, as whoever asks for old data must ask for coarse points.
func (c *CloudWatch) sweep(now time.Time) {
	if now.Sub(c.swept) < day {
		return
	}
	c.swept = now
	for key, s := range c.series {
		if !s.roll(now) {
			delete(c.series, key)
		}
	}
}

// samples returns what a series holds of a time, in an order that is always the same, so that sums of floats are, too.
// The start is inclusive, the end exclusive and not rounded [CW-07]. The copy lets Lag be called without the lock. A
// metric that nobody put is an empty answer and no error [CW-04].
func (c *CloudWatch) samples(key string, start, end, now time.Time) []sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep(now)
	s := c.series[key]
	if s == nil {
		return nil
	}
	var found []sample
	if soon := now.Add(day); end.After(soon) { // nobody puts what is further away
		end = soon
	}
	oldest := now.Add(-tiers[len(tiers)-1].kept)
	for tier := len(tiers) - 1; tier >= 0; tier-- {
		grain, kept := tiers[tier].grain, tiers[tier].kept
		for at := later(start, now.Add(-kept-2*day)).UTC().Truncate(grain); at.Before(end); at = at.Add(grain) {
			if values, ok := s[tier][at]; ok && !at.Before(start) && !at.Before(oldest) {
				found = append(found, sample{at, values})
			}
		}
	}
	return found
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
