package policy

import "time"

// Decision is what to do with a service now, and why.
type Decision struct {
	Action Action
	Reason Reason
	Next   time.Time // look again at this moment; zero means that the next scheduled pass is early enough
	Active time.Time // ActionArm, ActionDisarm: the last known activity, for the mark
	From   time.Time // ActionMeasure: start of the first minute to ask for
}

// Action is what a decision asks for.
type Action string

// The actions.
const (
	ActionNone    Action = "none"
	ActionMeasure Action = "measure" // gather the evidence and decide again
	ActionArm     Action = "arm"     // let the waker see every request
	ActionDisarm  Action = "disarm"  // let the service answer by itself
	ActionStart   Action = "start"   // mark the armed rule, then set the desired count
	ActionStop    Action = "stop"    // set the desired count to zero
	ActionFail    Action = "fail"    // stop, and note the failed wake in the mark
)

// Reason says why. The same word stands in logs, in tests and in what the operator is told.
type Reason string

// The reasons. Those of keeping a service as it is come first.
const (
	ReasonUnmanaged     Reason = "unmanaged"             // the settings say to leave it alone
	ReasonNotFound      Reason = "not_found"             // ECS does not know it, or it is not ACTIVE
	ReasonFrozen        Reason = "frozen"                // a freeze allows nothing to run
	ReasonAsleep        Reason = "asleep"                // nobody asks for it
	ReasonBackOff       Reason = "back_off"              // the last wakes failed; too early to try again
	ReasonLimited       Reason = "wakes_per_hour"        // the wakes of the hour are used up
	ReasonWaking        Reason = "waking"                // no healthy target yet, and still in time
	ReasonRecent        Reason = "recent_activity"       // the last known activity is too young
	ReasonSettling      Reason = "settling"              // the armed rule may still be spreading
	ReasonDeployment    Reason = "deployment"            // a deployment is in progress
	ReasonProtected     Reason = "protected_task"        // a task is protected from scale-in
	ReasonUnsettled     Reason = "unsettled_minutes"     // metrics do not yet say whether anybody came
	ReasonNeedsEvidence Reason = "needs_evidence"        // metrics and protection must be asked
	ReasonGrace         Reason = "unhealthy_grace"       // no healthy target, but not for long
	ReasonPinned        Reason = "pinned"                // the operator's order
	ReasonSchedule      Reason = "schedule"              // inside a window of the schedule
	ReasonQuiet         Reason = "quiet"                 // nobody came for long enough
	ReasonReady         Reason = "ready"                 // the first healthy target of a wake
	ReasonRequest       Reason = "request"               // somebody came
	ReasonOrder         Reason = "order"                 // the operator's, on the command line
	ReasonWakeTimeout   Reason = "wake_timeout"          // no healthy target in time
	ReasonUnhealthy     Reason = "no_healthy_target"     // heal: visitors would meet an error
	ReasonDisarmed      Reason = "asleep_but_disarmed"   // heal: nobody would answer
	ReasonUnmarked      Reason = "unmarked_rule"         // heal: the rule is new, or somebody rewrote it
	ReasonCrossed       Reason = "crossed_stop"          // heal: a stop and a request missed each other
	ReasonLostWake      Reason = "lost_wake"             // heal: a wake was marked, but never carried out
	ReasonUnknown       Reason = "unknown_state"         // AWS could not be asked
	ReasonNoWake        Reason = "answered_without_wake" // this kind of request never wakes anything
)

func keep(r Reason) Decision { return Decision{Action: ActionNone, Reason: r} }

func keepUntil(r Reason, next time.Time) Decision {
	return Decision{Action: ActionNone, Reason: r, Next: next}
}

func arm(r Reason, active time.Time) Decision {
	return Decision{Action: ActionArm, Reason: r, Active: active}
}

func disarm(r Reason, active time.Time) Decision {
	return Decision{Action: ActionDisarm, Reason: r, Active: active}
}

func start(r Reason) Decision { return Decision{Action: ActionStart, Reason: r} }

func stop(r Reason) Decision { return Decision{Action: ActionStop, Reason: r} }
