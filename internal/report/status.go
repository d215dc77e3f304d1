// Package report writes down for operators what was seen of a service, what would be done with it and what was done:
// as documents for programs, and as text of 80 columns for people.
//
// It asks nobody and decides nothing: package operator looks, package policy decides.
package report

import (
	"slices"
	"time"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Status is how one service is. It is what `catnap status --output json` prints; its members are kept as they are, and
// new ones may come. Times are RFC 3339; null means none, or that it is not known.
type Status struct {
	Service    string       `json:"service"`
	Prefix     string       `json:"prefix"`      // of its parameters in SSM
	Cluster    string       `json:"cluster"`     // as the settings name it
	ECSService string       `json:"ecs_service"` // likewise
	Managed    bool         `json:"managed"`     // false: catnap leaves it alone
	Found      bool         `json:"found"`       // ECS knows it, and it is ACTIVE
	Phase      policy.Phase `json:"phase"`       // asleep, waking, awake, drowsy, failed or frozen
	Tasks      Tasks        `json:"tasks"`
	Deploying  bool         `json:"deploying"`
	Rule       Rule         `json:"rule"` // the waker rule
	// LastActivity is the newest that is known; a minute of traffic counts from its start.
	LastActivity  *time.Time `json:"last_activity"`
	PinnedUntil   *time.Time `json:"pinned_until"` // null: no pin, or it is over
	Schedule      *Schedule  `json:"schedule"`     // null: none
	Freeze        *Freeze    `json:"freeze"`       // the one that ends last; null: it is not frozen
	Freezes       []Freeze   `json:"freezes"`      // all that are in force
	Failure       *Failure   `json:"failure"`      // the last wake, if it failed and nothing has superseded that
	Steps         []Step     `json:"steps"`        // of a wake that is on its way; null otherwise
	UsualSeconds  *float64   `json:"usual_seconds"`
	WakesLastHour int        `json:"wakes_last_hour"`
	WakesPerHour  int        `json:"wakes_per_hour"` // the limit; 0: none
	Traffic       *Traffic   `json:"traffic"`        // null: the service has no EC2 side
	Unknown       []string   `json:"unknown"`        // what could not be asked, and why
}

// Tasks are counts.
type Tasks struct {
	Desired int `json:"desired"`
	Running int `json:"running"`
	Pending int `json:"pending"`
	Healthy int `json:"healthy"` // healthy targets of the service target group
}

// Rule is the waker rule.
type Rule struct {
	Armed bool       `json:"armed"`
	Since *time.Time `json:"since"` // null: it carries no mark yet
}

// Schedule is where the weekly windows stand.
type Schedule struct {
	Open  bool       `json:"open"`
	Until *time.Time `json:"until"` // open: the end of the window
	Next  *time.Time `json:"next"`  // the next start of a window, within a week
}

// Freeze is an order that nothing, or that this service may not be woken.
type Freeze struct {
	Until  time.Time       `json:"until"`
	Reason string          `json:"reason"`
	By     settings.Author `json:"by"`  // costguard or operator; empty: not said
	All    bool            `json:"all"` // it is for every service, and not for this one alone
}

// NewFreezes describes freezes that are in force.
func NewFreezes(list []settings.InForce) []Freeze {
	freezes := []Freeze{}
	for _, f := range list {
		freezes = append(freezes, Freeze{f.Until.UTC(), f.Reason, f.By, f.Service == ""})
	}
	return freezes
}

// By is like ", by the cost guard", and empty when nobody said who ordered a freeze.
func By(author settings.Author) string {
	switch author {
	case settings.ByCostGuard:
		return ", by the cost guard"
	case settings.ByOperator:
		return ", by an operator"
	default:
		return ""
	}
}

// Failure is a wake that failed.
type Failure struct {
	At      time.Time `json:"at"`
	Wakes   int       `json:"wakes"`    // that failed in a row
	RetryAt time.Time `json:"retry_at"` // visitors may start it again from then on
	Reasons []string  `json:"reasons"`  // ECS's own words, the most telling first; ECS keeps them for an hour
}

// Step is one step of a wake.
type Step struct {
	Name    string           `json:"name"`
	State   policy.StepState `json:"state"`
	Seconds float64          `json:"seconds"` // of a step that is done; 0 while unknown
}

// Traffic is where the traffic of a service with an EC2 side goes.
type Traffic struct {
	Side       cutover.Side `json:"side"`
	Since      *time.Time   `json:"since"`       // null: the rule carries no mark yet
	EC2Healthy int          `json:"ec2_healthy"` // healthy targets at EC2
	EC2Targets int          `json:"ec2_targets"`
}

// Facts are what a status is made of.
type Facts struct {
	Member  settings.Member
	Seen    policy.Snapshot
	Freezes []settings.InForce
	Traffic *cutover.State // nil: no EC2 side, or unknown
	Unknown []string
}

// NewStatus makes a status of what is true at now.
func NewStatus(f Facts, now time.Time) Status {
	svc, seen, set := f.Member.Service, f.Seen, f.Member.Policy()
	s := Status{
		Service: svc.Name, Prefix: f.Member.Store.Prefix, Cluster: svc.Cluster, ECSService: svc.Service,
		Managed: svc.Managed, Found: seen.Found, Phase: seen.Phase(now), Deploying: seen.Deploying,
		Tasks:         Tasks{seen.Desired, seen.Running, seen.Pending, seen.Healthy},
		Rule:          Rule{seen.Rule.Armed, moment(seen.Rule.Mark.Since)},
		LastActivity:  moment(lastActivity(seen, set, now)),
		Schedule:      newSchedule(svc.Schedule != nil, set.Schedule, now),
		Failure:       newFailure(seen),
		WakesLastHour: recent(seen.Wakes, now), WakesPerHour: set.WakesPerHour,
		Unknown: append([]string{}, f.Unknown...),
	}
	if set.PinnedUntil.After(now) {
		s.PinnedUntil = moment(set.PinnedUntil)
	}
	if s.Freezes = NewFreezes(f.Freezes); len(s.Freezes) > 0 {
		s.Freeze = &s.Freezes[0]
	}
	if s.Phase == policy.PhaseWaking {
		s.Steps = newSteps(policy.Steps(seen, now))
	}
	if usual := policy.Expect(seen.Wakes).Usual; usual > 0 {
		s.UsualSeconds = new(usual.Seconds())
	}
	if f.Traffic != nil {
		s.Traffic = &Traffic{f.Traffic.Side, moment(f.Traffic.Since), f.Traffic.Healthy(), len(f.Traffic.Targets)}
	}
	return s
}

// lastActivity is what is known to have happened. For a decision what lies before the evidence counts, too: it may have
// been activity.
func lastActivity(seen policy.Snapshot, set policy.Settings, now time.Time) time.Time {
	evidence := seen.Evidence
	seen.Evidence = nil
	last := policy.LastActivity(seen, set, now)
	if evidence != nil && evidence.NewestBusy().After(last) {
		return evidence.NewestBusy()
	}
	return last
}

func newSchedule(given bool, schedule policy.Schedule, now time.Time) *Schedule {
	if !given {
		return nil
	}
	end := schedule.End(now)
	return &Schedule{Open: !end.IsZero(), Until: moment(end), Next: moment(schedule.NextStart(now))}
}

func newFailure(seen policy.Snapshot) *Failure {
	if !seen.FailureNoted() {
		return nil
	}
	return &Failure{
		At: seen.Rule.Mark.Since, Wakes: seen.Rule.Mark.Failures, RetryAt: seen.RetryAt(), Reasons: Reasons(seen.Tasks),
	}
}

func newSteps(steps []policy.Step) []Step {
	var list []Step
	for _, s := range steps {
		list = append(list, Step{s.Name, s.State, s.Took.Round(100 * time.Millisecond).Seconds()})
	}
	return list
}

func recent(wakes []policy.Wake, now time.Time) int {
	n := 0
	for _, w := range wakes {
		if w.At.After(now.Add(-time.Hour)) {
			n++
		}
	}
	return n
}

// mostReasons is enough to see what is wrong: a crash loop says the same again and again.
const mostReasons = 3

// Reasons are ECS's words on why tasks stopped, each once, newest first. What the scheduler stopped by itself comes
// last: most often that is somebody's desired count.
func Reasons(tasks []policy.Task) []string {
	reasons := []string{}
	for _, byScheduler := range []bool{false, true} {
		for _, t := range slices.Backward(tasks) {
			if t.StoppedReason == "" || (t.StopCode == "ServiceSchedulerInitiated") != byScheduler {
				continue
			}
			if !slices.Contains(reasons, t.StoppedReason) && len(reasons) < mostReasons {
				reasons = append(reasons, t.StoppedReason)
			}
		}
	}
	return reasons
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}
