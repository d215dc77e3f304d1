package report

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Text is the status for people.
func (s Status) Text(now time.Time, zone *time.Location) string {
	c, p := clock{now, zone}, &page{}
	p.head("%s is %s (ECS service %s, cluster %s)", s.Service, s.state(), s.ECSService, s.Cluster)
	p.row("tasks", "%d desired, %d running, %d pending; %s", s.Tasks.Desired, s.Tasks.Running, s.Tasks.Pending,
		Count(s.Tasks.Healthy, "healthy target")+s.deployment())
	p.row("waker rule", "%s", c.rule(s.Rule))
	p.row("last activity", "%s", c.orElse(s.LastActivity, "unknown"))
	p.row("pin", "%s", c.until(s.PinnedUntil, "none"))
	p.row("schedule", "%s", c.schedule(s.Schedule))
	p.freezes(c, s.Freezes)
	p.row("last wake", "%s", s.wake(c))
	p.row("wakes", "%s", s.wakes())
	if s.Traffic != nil {
		p.row("traffic", "%s", c.traffic(*s.Traffic))
	}
	for _, unknown := range s.Unknown {
		p.row("unknown", "%s", unknown)
	}
	return p.String()
}

func (s Status) state() string {
	switch {
	case !s.Managed:
		return string(s.Phase) + ", and catnap leaves it alone (managed: false)"
	case !s.Found:
		return "unknown to ECS, or not ACTIVE"
	default:
		return phaseText(s.Phase)
	}
}

func phaseText(p policy.Phase) string {
	switch p {
	case policy.PhaseFailed:
		return "asleep: its last wake failed"
	case policy.PhaseFrozen:
		return "asleep: frozen"
	default:
		return string(p)
	}
}

func (s Status) deployment() string {
	if s.Deploying {
		return "; a deployment is in progress"
	}
	return ""
}

// wake tells of the one that is on its way, or of the last one when it failed.
func (s Status) wake(c clock) string {
	switch {
	case s.Failure != nil:
		return c.failure(*s.Failure)
	case s.Steps != nil:
		return "on its way: " + stepsText(s.Steps)
	default:
		return "did not fail"
	}
}

func (c clock) failure(f Failure) string {
	text := "failed at " + c.at(f.At)
	if f.Wakes > 1 {
		text += fmt.Sprintf(", as did the %d before", f.Wakes-1)
	}
	text += "; visitors may start it again"
	if f.RetryAt.After(c.now) {
		text += " " + c.distance(f.RetryAt)
	}
	if len(f.Reasons) == 0 {
		return text + "; ECS tells no reason any more"
	}
	return text + ": " + strings.Join(f.Reasons, " | ")
}

func stepsText(steps []Step) string {
	var parts []string
	for _, step := range steps {
		switch {
		case step.State == policy.StepDone && step.Seconds > 0:
			parts = append(parts, fmt.Sprintf("%s done (%.0fs)", step.Name, step.Seconds))
		case step.State == policy.StepDone:
			parts = append(parts, step.Name+" done")
		case step.State == policy.StepActive:
			parts = append(parts, step.Name+" now")
		}
	}
	return strings.Join(parts, ", ")
}

// Steps is how far a wake is, on one line.
func Steps(steps []policy.Step) string { return stepsText(newSteps(steps)) }

func (s Status) wakes() string {
	text := fmt.Sprintf("%d in the last hour", s.WakesLastHour)
	if s.WakesPerHour > 0 {
		text += fmt.Sprintf(", of %d", s.WakesPerHour)
	}
	if s.UsualSeconds != nil {
		text += fmt.Sprintf("; one usually takes %.0fs", *s.UsualSeconds)
	}
	return text
}

func (c clock) rule(r Rule) string {
	who := "disarmed, requests go to the service"
	if r.Armed {
		who = "armed, the waker sees every request"
	}
	if r.Since == nil {
		return who + "; no mark yet"
	}
	return who + "; since " + c.at(*r.Since)
}

func (c clock) orElse(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return c.at(*t)
}

func (c clock) until(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return "until " + c.at(*t)
}

func (c clock) schedule(s *Schedule) string {
	switch {
	case s == nil:
		return "none"
	case s.Open:
		return "kept awake " + c.until(s.Until, "")
	default:
		return "closed; opens " + c.orElse(s.Next, "at no time within a week")
	}
}

func (p *page) freezes(c clock, list []Freeze) {
	if len(list) == 0 {
		p.row("freeze", "none")
	}
	for _, f := range list {
		p.row("freeze", "%s", c.freeze(f))
	}
}

func (c clock) freeze(f Freeze) string {
	text := "nothing may be woken until " + c.at(f.Until)
	if !f.All {
		text = "this service may not be woken until " + c.at(f.Until)
	}
	text += By(f.By)
	if f.Reason != "" {
		text += ": " + f.Reason
	}
	return text
}

func (c clock) traffic(t Traffic) string {
	text := "goes to " + t.Side.Name()
	if t.Since != nil {
		text += " since " + c.at(*t.Since)
	}
	return text + fmt.Sprintf("; %d of %s at EC2 healthy", t.EC2Healthy, Count(t.EC2Targets, "target"))
}

// Table is one line a service.
func Table(all []Status, now time.Time) string {
	c := clock{now, time.UTC}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SERVICE\tPHASE\tTASKS\tHEALTHY\tRULE\tLAST ACTIVITY\tNOTES")
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\t%d/%d\t%d\t%s\t%s\t%s\n", s.Service, s.Phase, s.Tasks.Running, s.Tasks.Desired,
			s.Tasks.Healthy, armed(s.Rule.Armed), c.ago(s.LastActivity), strings.Join(s.notes(), ", "))
	}
	_ = w.Flush() // to memory
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func armed(armed bool) string {
	if armed {
		return "armed"
	}
	return "disarmed"
}

func (c clock) ago(t *time.Time) string {
	if t == nil {
		return "unknown"
	}
	return c.distance(*t)
}

// notes are what makes a service differ from others of its phase.
func (s Status) notes() (notes []string) {
	note := func(holds bool, text string) {
		if holds {
			notes = append(notes, text)
		}
	}
	note(!s.Managed, "unmanaged")
	note(!s.Found, "unknown to ECS")
	note(s.Deploying, "deploying")
	note(s.PinnedUntil != nil, "pinned")
	note(s.Schedule != nil && s.Schedule.Open, "scheduled")
	note(s.Freeze != nil, "frozen")
	note(s.Failure != nil, "failed")
	note(s.Traffic != nil && s.Traffic.Side == "ec2", "on EC2")
	note(len(s.Unknown) > 0, "partly unknown")
	return notes
}
