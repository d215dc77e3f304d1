package policy

import "time"

// Guard is one row of a decision's table: if it fires, and none before it does, its decision is taken.
type Guard struct {
	When  string // in words
	Fires bool
	Then  Decision
	Since time.Time // when that began which it is about; zero if there is no such moment
	Until time.Time // when it stops firing by itself, or is looked at again; zero while unknown
}

func (g Guard) fires() bool { return g.Fires }

func when(words string, fires bool, then Decision) Guard {
	return Guard{When: words, Fires: fires, Then: then, Until: then.Next}
}

// otherwise is the last row.
func otherwise(then Decision) Guard { return when("nothing of all that", true, then) }

func (g Guard) since(t time.Time) Guard {
	g.Since = t
	return g
}

func (g Guard) until(t time.Time) Guard {
	g.Until = t
	return g
}

// The rows that several tables have.

func unmanaged(set Settings) Guard {
	return when("catnap is told to leave it alone", !set.Managed, keep(ReasonUnmanaged))
}

func missing(s Snapshot) Guard { return when("ECS does not know it", !s.Found, keep(ReasonNotFound)) }

func frozen(s Snapshot, now time.Time, then Decision) Guard {
	return when("frozen", s.frozen(now), then).until(s.FrozenUntil)
}

func pinned(set Settings, now time.Time, then Decision) Guard {
	return when("pinned", set.pinned(now), then).until(set.PinnedUntil)
}

func scheduled(set Settings, now time.Time, then Decision) Guard {
	return when("in a window of the schedule", set.Schedule.Covers(now), then).until(set.Schedule.End(now))
}

func deploying(s Snapshot, now time.Time) Guard {
	return when("a deployment is in progress", s.deploying(now), keep(ReasonDeployment)).since(s.DeployedAt)
}

// unmeasured asks for what costs calls, and only when nothing before it has decided.
func unmeasured(s Snapshot, set Settings, now time.Time) Guard {
	return when("metrics and task protection have not been asked", s.Evidence == nil, measure(s, set, now))
}
