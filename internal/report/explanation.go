package report

import (
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Explanation is what the reaper would do with a service now, and what every guard of that decision says. It is what
// `catnap explain --output json` prints; its members are kept as they are, and new ones may come.
type Explanation struct {
	Service string        `json:"service"`
	Phase   policy.Phase  `json:"phase"`
	Action  policy.Action `json:"action"` // none: it is kept as it is
	Reason  policy.Reason `json:"reason"`
	NextAt  *time.Time    `json:"next_at"` // when it is looked at again; null: at the next pass, within a minute
	// LastActivity is the newest that is known; a minute of traffic counts from its start.
	LastActivity *time.Time `json:"last_activity"`
	Freezes      []Freeze   `json:"freezes"` // that are in force, the one that ends last first
	Guards       []Guard    `json:"guards"`  // in their order: the first that fires decides
}

// Guard is one guard's word.
type Guard struct {
	When    string        `json:"when"` // in words
	Fires   bool          `json:"fires"`
	Decides bool          `json:"decides"` // it is the first that fires
	Action  policy.Action `json:"action"`  // what it would have done
	Reason  policy.Reason `json:"reason"`
	Since   *time.Time    `json:"since"` // it fires because of what was then; null: no such moment, or it does not fire
	Until   *time.Time    `json:"until"` // it fires until then, or until it is looked at again; null: as above
}

// NewExplanation explains what was seen of a service.
func NewExplanation(service string, seen policy.Snapshot, set policy.Settings, now time.Time) Explanation {
	guards := policy.Explain(seen, set, now)
	d := policy.Decisive(guards).Then
	e := Explanation{
		Service: service, Phase: seen.Phase(now), Action: d.Action, Reason: d.Reason, NextAt: moment(d.Next),
		LastActivity: moment(lastActivity(seen, set, now)), Freezes: []Freeze{},
	}
	decided := false
	for _, g := range guards {
		line := Guard{
			When: g.When, Fires: g.Fires, Decides: g.Fires && !decided, Action: g.Then.Action, Reason: g.Then.Reason,
		}
		if g.Fires {
			decided, line.Since, line.Until = true, moment(g.Since), moment(g.Until)
		}
		e.Guards = append(e.Guards, line)
	}
	return e
}

// actions are what the reaper would do, in words.
var actions = map[policy.Action]string{
	policy.ActionNone:    "leave it as it is",
	policy.ActionMeasure: "ask metrics",
	policy.ActionArm:     "arm the waker rule: the waker sees every request",
	policy.ActionDisarm:  "disarm the waker rule: requests go to the service",
	policy.ActionStart:   "wake it",
	policy.ActionStop:    "put it to sleep",
	policy.ActionFail:    "give up the wake, and put it to sleep",
}

// Text is the explanation for people.
func (e Explanation) Text(now time.Time, zone *time.Location) string {
	c, p := clock{now, zone}, &page{}
	p.head("%s is %s. The reaper would %s (%s).", e.Service, phaseText(e.Phase), actions[e.Action], e.Reason)
	if e.NextAt != nil {
		p.head("It looks again at %s.", c.at(*e.NextAt))
	}
	p.head("Last activity: %s.", c.orElse(e.LastActivity, "unknown"))
	for _, f := range e.Freezes {
		p.head("Frozen: %s.", c.freeze(f))
	}
	p.WriteString("\n")
	for i, g := range e.Guards {
		if last := i == len(e.Guards)-1; !last || g.Decides { // the last always fires
			p.guard(c, g)
		}
	}
	return p.String()
}

// guard marks the one that decides.
func (p *page) guard(c clock, g Guard) {
	mark := map[bool]string{true: "yes", false: "no"}[g.Fires]
	if g.Decides {
		mark = "yes *"
	}
	text := g.When
	if g.Since != nil {
		text += "; since " + c.at(*g.Since)
	}
	if g.Until != nil {
		text += "; until " + c.at(*g.Until)
	}
	if g.Decides {
		text += " -> " + string(g.Action) + " (" + string(g.Reason) + ")"
	}
	const verdict = 7
	start := "  " + mark + spaces(verdict-len(mark))
	p.WriteString(wrap(start+text, len(start)) + "\n")
}
