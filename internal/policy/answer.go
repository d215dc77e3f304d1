package policy

import (
	"strings"
	"time"
)

// Caller is the kind of a request, as far as it decides the answer.
type Caller string

// The kinds of callers.
const (
	CallerHealthCheck Caller = "health_check" // the load balancer checks the waker itself
	CallerStatus      Caller = "status"       // asks how the service is
	CallerReserved    Caller = "reserved"     // any other path of catnap's own
	CallerAsset       Caller = "asset"        // asked for by browsers and robots on their own account
	CallerNavigation  Caller = "navigation"   // a person opens a page in a browser
	CallerClient      Caller = "client"       // everything else: fetch, API clients, forms, curl
)

// Request is what of a request decides its answer.
type Request struct {
	Method       string
	Path         string
	Accept       string
	UserAgent    string
	SecFetchMode string
	SecFetchDest string
}

// StatusPath answers how the service is. It always reaches the waker and never wakes anything.
const StatusPath = "/.catnap/status"

const reservedPrefix = "/.catnap/"

// assets are asked for by software on its own account: nobody waits for them.
var assets = map[string]bool{
	"/favicon.ico": true, "/robots.txt": true,
	"/apple-touch-icon.png": true, "/apple-touch-icon-precomposed.png": true,
}

// Classify tells what kind of caller sends a request.
func Classify(r Request) Caller {
	switch {
	case r.Path == StatusPath:
		return CallerStatus
	case strings.HasPrefix(r.Path, reservedPrefix):
		return CallerReserved
	case strings.HasPrefix(r.UserAgent, "ELB-HealthChecker/"):
		return CallerHealthCheck
	case assets[r.Path]:
		return CallerAsset
	case r.navigates():
		return CallerNavigation
	default:
		return CallerClient
	}
}

// navigates tells whether a browser shows the answer to a person. Fetch metadata is definite where there is any;
// older browsers are known by an Accept header that names HTML, which no API client's default does.
func (r Request) navigates() bool {
	if r.Method != "GET" && r.Method != "HEAD" {
		return false
	}
	if r.SecFetchMode != "" {
		return r.SecFetchMode == "navigate" && r.SecFetchDest != "object" && r.SecFetchDest != "embed"
	}
	return strings.Contains(r.Accept, "text/html")
}

// Reply is how the waker answers a request, what it does before, and why.
type Reply struct {
	Kind    ReplyKind
	Action  Action // ActionNone, ActionStart or ActionDisarm
	Reason  Reason
	RetryAt time.Time // ReplyFailed, ReplyFrozen: when it may be tried again
}

// ReplyKind is a form of answer.
type ReplyKind string

// The forms of answers.
const (
	ReplyOK          ReplyKind = "ok"          // 200, nothing else
	ReplyNotFound    ReplyKind = "not_found"   // 404
	ReplyStatus      ReplyKind = "status"      // the status document
	ReplyPage        ReplyKind = "page"        // the waiting page
	ReplyHold        ReplyKind = "hold"        // wait for a healthy target, then pass on
	ReplyPass        ReplyKind = "pass"        // pass on through the bypass, now
	ReplyFailed      ReplyKind = "failed"      // the service could not be started
	ReplyFrozen      ReplyKind = "frozen"      // paused by the cost guard
	ReplyUnavailable ReplyKind = "unavailable" // not catnap's to wake, or unknown to ECS
)

// NeedsSnapshot tells whether the answer depends on where the service stands: the others cost no call.
func (c Caller) NeedsSnapshot() bool { return c != CallerHealthCheck && c != CallerReserved }

// Answer says how the waker answers a request. The snapshot is not looked at for callers that don't need one.
func Answer(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	switch {
	case c == CallerHealthCheck:
		return Reply{Kind: ReplyOK, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerReserved:
		return Reply{Kind: ReplyNotFound, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerStatus:
		return answerStatus(s, set, now)
	case c == CallerAsset && !s.serves(now):
		return Reply{Kind: ReplyNotFound, Action: ActionNone, Reason: ReasonNoWake}
	case c == CallerAsset:
		return Reply{Kind: ReplyPass, Action: ActionNone, Reason: ReasonNoWake}
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

func answerVisitor(c Caller, s Snapshot, set Settings, now time.Time) Reply {
	switch {
	case s.serves(now) && (!s.Rule.Armed || !set.Managed):
		return Reply{Kind: ReplyPass, Action: ActionNone, Reason: ReasonRequest}
	case !set.Managed:
		return Reply{Kind: ReplyUnavailable, Action: ActionNone, Reason: ReasonUnmanaged}
	case s.frozen(now):
		return Reply{Kind: ReplyFrozen, Action: ActionNone, Reason: ReasonFrozen, RetryAt: s.FrozenUntil}
	case s.serves(now):
		return Reply{Kind: ReplyPass, Action: ActionDisarm, Reason: ReasonRequest}
	case s.BackingOff(now):
		return Reply{Kind: ReplyFailed, Action: ActionNone, Reason: ReasonBackOff, RetryAt: s.RetryAt()}
	default:
		return answerAsleep(c, s)
	}
}

func answerAsleep(c Caller, s Snapshot) Reply {
	reply := Reply{Kind: ReplyHold, Action: ActionStart, Reason: ReasonRequest}
	if c == CallerNavigation {
		reply.Kind = ReplyPage
	}
	if s.Desired > 0 && s.Rule.Armed && s.Rule.Mark.Waking() {
		reply.Action, reply.Reason = ActionNone, ReasonWaking
	}
	return reply
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
// and clients are held, which looks again, too.
func AnswerUnknown(c Caller) Reply {
	reply := Reply{Action: ActionNone, Reason: ReasonUnknown}
	switch c {
	case CallerNavigation:
		reply.Kind = ReplyPage
	case CallerClient:
		reply.Kind = ReplyHold
	case CallerAsset:
		reply.Kind = ReplyNotFound
	case CallerStatus:
		reply.Kind = ReplyUnavailable
	default: // the others need no snapshot, so nobody asks
	}
	return reply
}

// Waiting is the reply to a request that was to be passed on, but found no application that answers.
func Waiting(c Caller) Reply {
	if c == CallerStatus {
		return Reply{Kind: ReplyStatus, Action: ActionNone, Reason: ReasonWaking}
	}
	reply := AnswerUnknown(c)
	reply.Reason = ReasonWaking
	return reply
}
