package policy

import "time"

const (
	firstBackOff = time.Minute
	maxBackOff   = time.Hour
)

// BackOff is how long after the n-th failed wake in a row nothing is tried: a minute, doubled each time, an hour at
// the most. With the default wake timeout a crash loop that is asked for all week-end runs 8 % of it.
func BackOff(failures int) time.Duration {
	wait := firstBackOff
	for n := 1; n < failures && wait < maxBackOff; n++ {
		wait *= 2
	}
	return min(wait, maxBackOff)
}

// FailureNoted tells whether the service sleeps because of a failed wake that nothing has superseded: no newer wake, no
// newer deployment. A deployment is the operator's answer to a failure, so it is tried at once; so is a desired count
// that somebody raised.
func (s Snapshot) FailureNoted() bool {
	mark := s.Rule.Mark
	return s.Desired == 0 && mark.Failures > 0 && !mark.Waking() && !s.DeployedAt.After(mark.Since)
}

// RetryAt is when the next wake may be tried after a noted failure.
func (s Snapshot) RetryAt() time.Time {
	return s.Rule.Mark.Since.Add(BackOff(s.Rule.Mark.Failures))
}

// BackingOff tells whether it is too early to try again.
func (s Snapshot) BackingOff(now time.Time) bool {
	return s.FailureNoted() && now.Before(s.RetryAt())
}
