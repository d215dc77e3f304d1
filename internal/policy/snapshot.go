// Package policy decides. Given what was observed of one service, its settings and the time, it says what the reaper
// should do next (Next) and how the waker should answer (Answer).
//
// It is pure: it calls no AWS API, reads no clock, logs nothing and keeps nothing between two calls. Observing and
// acting belong to the packages ecsctl, traffic, waker and reaper.
package policy

import "time"

// Phase is where a service stands between asleep and awake. It is derived from a Snapshot and stored nowhere.
type Phase string

// The phases. PhaseFailed and PhaseFrozen are forms of asleep that a visitor is told apart.
const (
	PhaseAsleep Phase = "asleep"
	PhaseWaking Phase = "waking"
	PhaseAwake  Phase = "awake"
	PhaseDrowsy Phase = "drowsy"
	PhaseFailed Phase = "failed"
	PhaseFrozen Phase = "frozen"
)

// Snapshot is what was observed of one service at one moment.
type Snapshot struct {
	Found      bool      // ECS knows the service and it is ACTIVE
	Desired    int       // desired count
	Running    int       // tasks in RUNNING, as DescribeServices counts them
	Pending    int       // tasks on their way to RUNNING
	Deploying  bool      // a deployment is in progress
	DeployedAt time.Time // creation of the primary deployment
	Healthy    int       // healthy targets of the service target group
	Rule       Rule      // the waker rule
	Tasks      []Task    // only filled when the steps of a wake or the reasons of a failure are wanted

	// FrozenUntil is the end of the freeze, the cost guard's or a person's; zero when there is none.
	FrozenUntil time.Time
	// Wakes are the last ones that were noted, in any order.
	Wakes []Wake
	// Seen is the newest activity that an earlier look found. It saves metric calls and is never needed for
	// correctness; zero means nothing is remembered.
	Seen time.Time
	// Evidence is nil until it has been gathered: it costs calls, and is asked for by the decision ActionMeasure.
	Evidence *Evidence
}

// Rule is the state of the waker rule.
type Rule struct {
	Armed bool // it matches the service's traffic, not only /.catnap/*
	Mark  Mark
}

// Mark is the note that the waker rule carries in a path pattern nobody asks for.
type Mark struct {
	Since    time.Time // when the rule was last switched; zero when the rule carries no mark
	Active   time.Time // the last activity known at that moment
	Failures int       // wakes that failed in a row up to then
}

// Waking tells whether the mark was written by a wake: then the switch itself was the activity.
// A rule armed because of quiet, or to heal, is marked with an earlier activity.
func (m Mark) Waking() bool { return !m.Since.IsZero() && !m.Active.Before(m.Since) }

// Task is one task of the service. Times that have not come are zero.
type Task struct {
	ID            string
	LastStatus    string // PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED
	Created       time.Time
	PullStarted   time.Time
	PullStopped   time.Time
	Started       time.Time
	Stopped       time.Time
	StopCode      string
	StoppedReason string // ECS's own words with the containers' reasons and exit codes; for the operator only
}

// Evidence is what is only worth asking for when a service may be due to sleep.
type Evidence struct {
	From      time.Time // start of the first minute that was asked for
	Minutes   []Minute  // in order of time, without gaps, from From to the minute of the look
	Protected bool      // a task is protected from scale-in
}

// Minute is one minute of traffic. A minute that is not settled may still turn out to have had requests.
type Minute struct {
	Start   time.Time
	Busy    bool // a request was counted, or an extra signal of the settings was above its threshold
	Settled bool // what was not counted by now did not happen
}

// ordered tells whether a task is on its way: the desired count says so, or a wake has just been marked. The mark comes
// before the count, and reads of ECS may show an older count for some seconds.
func (s Snapshot) ordered(now time.Time) bool { return s.Desired > 0 || s.justMarked(now) }

// justMarked tells whether a wake has been marked within the last seconds. Instances' clocks differ a little; a mark
// that lies further ahead than that is nobody's of now.
func (s Snapshot) justMarked(now time.Time) bool {
	return s.Rule.Armed && s.Rule.Mark.Waking() && now.Sub(s.Rule.Mark.Since).Abs() < handOver
}

// Phase derives the phase from the desired count, the healthy targets, the waker rule and the freeze.
func (s Snapshot) Phase(now time.Time) Phase {
	switch {
	case s.serves(now) && !s.Rule.Armed:
		return PhaseAwake
	case s.serves(now) && !s.Rule.Mark.Waking():
		return PhaseDrowsy
	case s.frozen(now):
		return PhaseFrozen
	case s.FailureNoted():
		return PhaseFailed
	case s.ordered(now):
		return PhaseWaking
	default:
		return PhaseAsleep
	}
}
