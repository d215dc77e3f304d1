package waker

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// visit is one request on its way to an answer.
type visit struct {
	*Waker
	svc    settings.Service
	caller policy.Caller
	rw     http.ResponseWriter
	r      *http.Request
	until  time.Time       // a held request is given up then
	seen   policy.Snapshot // by the last look
	body   []byte          // read when it is first needed
	armed  bool            // the rule is, and stays so: a redirect would come back
	missed bool            // the application was expected, and did not answer
	blind  int             // polls between looks that AWS refuses
	notes  sync.WaitGroup  // a wake is being noted
}

// serve goes round until there is an answer. A request that has to wait is given up when its time is over, and so the
// rounds have an end.
func (v *visit) serve(ctx context.Context) {
	for !v.round(ctx) {
		continue
	}
	v.notes.Wait() // Lambda stops an instance's processor with the answer
}

// round looks, acts, and answers or waits.
func (v *visit) round(ctx context.Context) (answered bool) {
	seen, reply := v.decide(ctx)
	v.seen = seen
	v.armed = seen.Rule.Armed && reply.Action != policy.ActionDisarm
	if reply.Kind == policy.ReplyPass {
		if v.hand(ctx, reply.Action) {
			return true
		}
		if v.lookAgain() {
			return false
		}
		reply = policy.Waiting(v.caller, v.svc.Policy())
	}
	v.act(ctx, reply.Action, seen)
	if reply.Kind == policy.ReplyHold {
		return v.hold(ctx, reply)
	}
	v.write(ctx, seen, reply)
	return true
}

func (v *visit) hold(ctx context.Context, reply policy.Reply) (answered bool) {
	ready, inTime := v.wait(ctx, v.polls(reply))
	if !inTime {
		v.writeTooLong()
		return true
	}
	return ready && v.follow(ctx)
}

// follow passes on a request that waited for a target when somebody else has disarmed the rule: the wake is over. It
// spares a look at ECS, whose reads the crowd that is held by then would exhaust.
func (v *visit) follow(ctx context.Context) (answered bool) {
	armed, err := v.control.Armed(ctx, v.svc)
	if err != nil || armed {
		return false
	}
	v.armed = false
	return v.pass(ctx)
}

// lookAgain is true every other time. An application that should have been there and was not has just been stopped:
// then what was seen is out of date, and a fresh look starts it. Or it does not answer yet: then it is waited for.
func (v *visit) lookAgain() bool {
	v.missed = !v.missed
	return v.missed
}

// hand hands the request over to the application, and the route with it if the rule is armed.
func (v *visit) hand(ctx context.Context, action policy.Action) (answered bool) {
	if action == policy.ActionDisarm && !v.disarm(ctx) {
		return false
	}
	return v.pass(ctx)
}

// decide never fails: a look that AWS refuses, by throttling for instance, degrades to waiting.
func (v *visit) decide(ctx context.Context) (policy.Snapshot, policy.Reply) {
	seen, err := v.look(ctx)
	if err != nil {
		v.warn("look failed", err)
		return policy.Snapshot{}, policy.AnswerUnknown(v.caller, v.svc.Policy())
	}
	reply := policy.Answer(v.caller, seen, v.svc.Policy(), v.clock.Now())
	level := slog.LevelDebug
	if reply.Action != policy.ActionNone {
		level = slog.LevelInfo
	}
	v.log.Log(ctx, level, "answer",
		slog.String("service", v.svc.Name), slog.String("phase", string(seen.Phase(v.clock.Now()))),
		slog.String("action", string(reply.Action)), slog.String("reason", string(reply.Reason)),
		slog.String("caller", string(v.caller)), slog.String("reply", string(reply.Kind)))
	return seen, reply
}

// look costs calls, so those who wait for nothing, and the many pages that poll the status, share one that is not older
// than they can bear.
func (v *visit) look(ctx context.Context) (policy.Snapshot, error) {
	now := v.clock.Now()
	switch {
	case v.caller == policy.CallerStatus && !v.operator():
		return v.status.get(v.svc.Name, now, func() (policy.Snapshot, error) { return v.lookAtTasks(ctx) })
	case v.caller == policy.CallerStatus:
		return v.lookAtTasks(ctx)
	case !v.caller.Waits():
		return v.passing.get(v.svc.Name, now, func() (policy.Snapshot, error) { return v.observe(ctx) })
	default:
		return v.observe(ctx)
	}
}

// observe adds the freeze, which may have come while the request was held. One that can't be read keeps nobody out: it
// is honoured as soon as it can be read again.
func (v *visit) observe(ctx context.Context) (policy.Snapshot, error) {
	seen, err := v.control.Observe(ctx, v.svc)
	if err != nil {
		return policy.Snapshot{}, err
	}
	if seen.FrozenUntil, err = v.store.ServiceFrozen(ctx, v.svc.Name); err != nil {
		v.warn("freeze unknown", err)
	}
	seen.Wakes = v.svc.Wakes
	return seen, nil
}

// act does what the reply asks for before it is given. What fails is logged and left to the next look.
func (v *visit) act(ctx context.Context, action policy.Action, seen policy.Snapshot) {
	switch action {
	case policy.ActionStart:
		v.start(ctx, seen)
	case policy.ActionDisarm:
		v.disarm(ctx)
	default: // the waker does nothing else
	}
}

func (v *visit) start(ctx context.Context, seen policy.Snapshot) {
	err := v.clock.Wait(ctx, crowdDelay(rand.Float64())) //nolint:gosec // G404: it spreads a crowd and guards nothing
	if err == nil {
		err = v.control.Start(ctx, v.svc, seen.Desired)
	}
	if err != nil {
		v.warn("start failed", err)
	}
}

// disarm first proves with one request through the bypass that the application answers.
func (v *visit) disarm(ctx context.Context) (serves bool) {
	if !v.probe(ctx) {
		return false
	}
	defer v.status.forget(v.svc.Name)
	defer v.passing.forget(v.svc.Name)
	for range disarmTries {
		before, undone, err := v.control.Disarm(ctx, v.svc, v.clock.Now())
		if err == nil {
			v.note(ctx, before, undone)
			return !undone
		}
		v.warn("disarm failed", err)
		if v.clock.Wait(ctx, pollPause()) != nil {
			break
		}
	}
	v.log.Warn("handed over while armed", slog.String("service", v.svc.Name))
	return true
}

// probe takes the target's health for granted where the waker can't reach the application.
func (v *visit) probe(ctx context.Context) (serves bool) {
	if v.svc.Bypass == settings.BypassOff {
		return true
	}
	ctx, cancel := v.clock.WithTimeout(ctx, v.clock.Left(ctx, time.Minute)-lastCalls/3)
	defer cancel()
	return v.bypass.probe(ctx, v.svc, v.r.Host)
}

// noteTimeout is as long as a visitor may wait for a note that is of no use to them.
const noteTimeout = 2 * time.Second

// note keeps how long a wake took, beside what else is done: nobody waits for it. Whoever finds the rule disarmed
// leaves it to the one who did that, so that a wake is noted once.
func (v *visit) note(ctx context.Context, before policy.Rule, undone bool) {
	if undone || !before.Armed || !before.Mark.Waking() {
		return
	}
	began := before.Mark.Since
	wake := policy.Wake{At: began, Took: v.clock.Now().Sub(began)}
	v.notes.Go(func() {
		ctx, cancel := v.clock.WithTimeout(ctx, noteTimeout)
		defer cancel()
		if err := v.store.NoteWake(ctx, v.svc.Name, wake); err != nil {
			v.warn("wake not noted", err)
		}
	})
}

// disarmTries is how often a switch is tried, over two seconds, before the visitor is let through without it: the
// application is there. A request that the rule says nothing of is known only to the metrics, minutes later, and until
// then the service may be stopped as if nobody had come.
const disarmTries = 4

const (
	// poll is how often a held request looks for a healthy target. It asks the load balancer, not ECS, whose reads
	// are limited to 20 a second for the whole account.
	poll = 500 * time.Millisecond
	// pollsPerLook is after how many polls a held request looks at everything again, in case its wake was lost.
	pollsPerLook = 10
)

// pollPause varies a little, so that those who began together do not go on together.
func pollPause() time.Duration {
	return poll + rand.N(poll/5) //nolint:gosec // G404: it spreads calls and guards nothing
}

// polls is how many go before the next look. After a look that AWS refused nothing is known yet, not even whether
// somebody has to start the service: the next one is soon, and each later one half as soon.
func (v *visit) polls(reply policy.Reply) int {
	if reply.Reason != policy.ReasonUnknown {
		return pollsPerLook
	}
	v.blind = min(max(2*v.blind, 1), pollsPerLook)
	return v.blind
}

// wait looks for a healthy target, for some polls or until there is one. inTime is false when the time is over.
func (v *visit) wait(ctx context.Context, polls int) (ready, inTime bool) {
	for range polls {
		pause := pollPause()
		if v.clock.Now().Add(pause).After(v.until) || v.clock.Wait(ctx, pause) != nil {
			return false, false
		}
		healthy, err := v.control.Healthy(ctx, v.svc)
		if err != nil {
			v.warn("poll failed", err)
		}
		if healthy > 0 {
			return true, true
		}
	}
	return false, true
}

func (v *visit) warn(message string, err error) {
	v.log.Warn(message, //nolint:sloglint // the callers' messages are constant
		slog.String("service", v.svc.Name), slog.Any("cause", err))
}
