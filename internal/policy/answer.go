package policy

import "time"

// Reply is how the waker answers a request, what it does before, and why.
type Reply struct {
	Kind    ReplyKind
	Action  Action // ActionNone, ActionStart or ActionDisarm
	Reason  Reason
	RetryAt time.Time // ReplyFailed, ReplyFrozen, ReplyLimited: when it may be tried again
}

// ReplyKind is a form of answer. What it looks like depends on the caller, too: people get pages, others documents.
type ReplyKind string

// The forms of answers.
const (
	ReplyOK          ReplyKind = "ok"          // 200, nothing else
	ReplyNotFound    ReplyKind = "not_found"   // 404
	ReplyStatus      ReplyKind = "status"      // the status document
	ReplyDormant     ReplyKind = "dormant"     // it sleeps, and goes on sleeping
	ReplyPage        ReplyKind = "page"        // the waiting page
	ReplyHold        ReplyKind = "hold"        // wait for a healthy target, then pass on
	ReplyPass        ReplyKind = "pass"        // pass on through the bypass, now
	ReplyRetry       ReplyKind = "retry"       // can't be held or can't be passed on: ask again
	ReplyFailed      ReplyKind = "failed"      // the service could not be started
	ReplyFrozen      ReplyKind = "frozen"      // paused by a freeze
	ReplyLimited     ReplyKind = "limited"     // the wakes of the hour are used up
	ReplyUnavailable ReplyKind = "unavailable" // not catnap's to wake, or unknown to ECS
)

// NeedsSettings tells whether the answer depends on the service's settings: the others cost no call.
func (c Caller) NeedsSettings() bool { return c != CallerHealthCheck && c != CallerReserved }

// Waits tells whether somebody waits for the answer. For the others a look that is some seconds old is good enough.
func (c Caller) Waits() bool { return c != CallerProbe && c != CallerMonitor && c != CallerCrawler }

// Shown tells whether a browser shows the answer to a person.
func (c Caller) Shown() bool { return c == CallerNavigation || c == CallerForm }

// Carried tells whether a function can carry the application's answer to the caller.
func (c Caller) Carried() bool { return c != CallerStream && c != CallerSocket && c != CallerGRPC }

// Answer says how the waker answers a request. The snapshot is not looked at for callers that don't need one.
func Answer(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	switch {
	case c == CallerHealthCheck:
		return Reply{Kind: ReplyOK, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerReserved:
		return Reply{Kind: ReplyNotFound, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerStatus:
		return answerStatus(s, set, now)
	case !c.Waits():
		return answerBystander(c, s, set, now)
	case !s.Found:
		return Reply{Kind: ReplyUnavailable, Action: ActionNone, Reason: ReasonNotFound}
	default:
		return answerVisitor(c, s, set, now)
	}
}

// answerStatus disarms after a wake whose target has become healthy, which moves on what somebody asked for. It never
// touches a service that is drowsy because of quiet: a monitor that polls the status must not keep it awake.
func answerStatus(s Snapshot, set Settings, now time.Time) Reply {
	reply := Reply{Kind: ReplyStatus, Action: ActionNone, Reason: ReasonNoWake}
	if set.Managed && s.serves(now) && s.Rule.Armed && s.Rule.Mark.Waking() && !s.frozen(now) {
		reply.Action, reply.Reason = ActionDisarm, ReasonReady
	}
	return reply
}

// answerBystander passes on only what would have reached the application without catnap, while a switched rule spreads.
// What is passed on to a drowsy service is counted by the metrics, and keeps it awake.
func answerBystander(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	switch {
	case s.serves(now) && !s.Rule.Armed && !set.BypassOff:
		return Reply{Kind: ReplyPass, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerProbe:
		return Reply{Kind: ReplyNotFound, Action: ActionNone, Reason: ReasonNoWake}
	default:
		return Reply{Kind: ReplyDormant, Action: ActionNone, Reason: ReasonNoWake}
	}
}

func answerVisitor(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	switch {
	case s.serves(now) && (!s.Rule.Armed || !set.Managed):
		return Reply{Kind: c.ready(set), Action: ActionNone, Reason: ReasonRequest}
	case !set.Managed:
		return Reply{Kind: ReplyUnavailable, Action: ActionNone, Reason: ReasonUnmanaged}
	case s.frozen(now):
		return Reply{Kind: ReplyFrozen, Action: ActionNone, Reason: ReasonFrozen, RetryAt: s.FrozenUntil}
	case s.serves(now):
		return Reply{Kind: c.ready(set), Action: ActionDisarm, Reason: ReasonRequest}
	case s.BackingOff(now):
		return Reply{Kind: ReplyFailed, Action: ActionNone, Reason: ReasonBackOff, RetryAt: s.RetryAt()}
	default:
		return answerAsleep(c, s, set, now)
	}
}

func answerAsleep(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	reply := Reply{Kind: c.waiting(set), Action: ActionStart, Reason: ReasonRequest}
	over, limited := s.limited(set, now)
	switch {
	case s.Desired > 0 && s.Rule.Armed && s.Rule.Mark.Waking(), s.justMarked(now):
		reply.Action, reply.Reason = ActionNone, ReasonWaking
	case s.Desired > 0: // it runs already: an order that nobody limits
	case !set.wakes(c) && c != CallerNavigation:
		return Reply{Kind: ReplyDormant, Action: ActionNone, Reason: ReasonNoWake}
	case limited && c != CallerClick && c != CallerForm: // who sends a form has clicked
		return Reply{Kind: ReplyLimited, Action: ActionNone, Reason: ReasonLimited, RetryAt: over}
	case !set.wakes(c): // the page that it gets has the script that may
		reply.Action, reply.Reason = ActionNone, ReasonNoWake
	}
	return reply
}

// ready is the answer's form when the application would answer.
func (c Caller) ready(set Settings) ReplyKind {
	switch {
	case c == CallerWake || c == CallerClick:
		return ReplyStatus
	case c == CallerSocket || c == CallerGRPC || set.BypassOff:
		return c.waiting(set)
	default:
		return ReplyPass
	}
}

// waiting is the answer's form while the application can't answer yet.
func (c Caller) waiting(set Settings) ReplyKind {
	switch {
	case c == CallerWake || c == CallerClick:
		return ReplyStatus
	case c == CallerNavigation:
		return ReplyPage
	case c == CallerSocket || c == CallerGRPC || set.BypassOff:
		return ReplyRetry
	default:
		return ReplyHold
	}
}

// wakes tells whether a caller may wake the service.
func (set Settings) wakes(c Caller) bool {
	switch set.Wake {
	case WakeJavaScript:
		return c == CallerWake || c == CallerClick
	case WakeNavigation:
		return c == CallerWake || c == CallerClick || c.Shown()
	default:
		return true
	}
}

// serves tells whether a request that reached the service target group would be answered by the application.
//
// A target that is healthy in the first seconds of a wake is not the new task's. It is one that is being stopped, and
// that ECS has not yet taken out of the load balancer: whoever is handed over to it meets an empty target group. A
// Fargate task needs longer than handOver from a wake to its first passing health check.
func (s Snapshot) serves(now time.Time) bool {
	old := s.Rule.Armed && s.Rule.Mark.Waking() && now.Before(s.Rule.Mark.Since.Add(handOver))
	return s.Desired > 0 && s.Healthy > 0 && !old
}

// AnswerUnknown says how the waker answers while AWS can't be asked: people get the waiting page, which looks again,
// and clients are held, which looks again, too. To monitors it is no outage: what is throttled are the looks.
func AnswerUnknown(c Caller, set Settings) Reply {
	reply := Reply{Kind: c.waiting(set), Action: ActionNone, Reason: ReasonUnknown}
	switch c {
	case CallerProbe:
		reply.Kind = ReplyNotFound
	case CallerMonitor, CallerCrawler:
		reply.Kind = ReplyDormant
	case CallerStatus, CallerWake, CallerClick:
		reply.Kind = ReplyUnavailable
	default: // somebody waits
	}
	return reply
}

// Waiting is the reply to a request that was to be passed on, but found no application that answers.
func Waiting(c Caller, set Settings) Reply {
	reply := AnswerUnknown(c, set)
	reply.Reason = ReasonWaking
	switch c {
	case CallerStatus:
		reply.Kind = ReplyStatus
	case CallerMonitor, CallerCrawler:
		reply.Kind = ReplyUnavailable
	default: // as if nothing were known
	}
	return reply
}
