// Package doctor examines one service's deployment: what of it would keep the service from sleeping, from waking, or
// from being cheap, and what to do about it.
//
// Diagnose is a pure function of Facts; Examiner reads these from AWS. It changes nothing, and it does not look at how
// the service is at this moment: that is the status.
package doctor

import (
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Level is how much a finding matters.
type Level string

// The levels.
const (
	OK      Level = "ok"
	Advice  Level = "advice"  // it works, but slower or dearer than it could
	Problem Level = "problem" // the service is not stopped, not woken, or somebody meets an error
	Unknown Level = "unknown" // it could not be read
)

// Finding is what one check says.
type Finding struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	// Says is what was found.
	Says string `json:"says"`
	// Fix is what to do; empty when there is nothing to do.
	Fix string `json:"fix,omitempty"`
}

// Facts are what was read of a deployment. What could not be read is in Unread, and its zero value means nothing.
type Facts struct {
	Service settings.Service
	Now     time.Time
	Unread  map[Source]error

	ECS     ECS
	Group   Group // the service target group
	Waker   Group // the waker target group
	Rules   []Rule
	Minimum *int // of the scalable target; nil if nothing scales the service
	// Prefix is where the service's parameters begin.
	Prefix string
	// Functions are those of the parts; nil for what could not be read.
	Functions map[Part]*Function
	// Refused are what the parts' roles do not allow.
	Refused map[Part][]Refusal
	// Schedule is the reaper's, GuardSchedule the cost guard's; nil if there is none of its name.
	Schedule, GuardSchedule *Schedule

	Heartbeat time.Time // the newest settled minute; zero without one in the last quarter of an hour
	Billing   time.Time // the newest EstimatedCharges; zero without one in the last two days

	Budget      settings.Budget
	Budgeted    bool  // false: there is no budget
	BudgetFault error // the document was read, and has mistakes
	Freezes     []settings.InForce
}

// Source is a place that facts come from.
type Source string

// The sources.
const (
	FromECS       Source = "ecs"
	FromGroup     Source = "service target group"
	FromWaker     Source = "waker target group"
	FromListener  Source = "listener"
	FromScaling   Source = "scaling"
	FromScheduler Source = "scheduler"
	FromMetrics   Source = "metrics"
	FromBilling   Source = "billing"
	FromBudget    Source = "budget"
)

// ECS is the service as ECS knows it.
type ECS struct {
	policy.Snapshot
	TargetGroups []string // in which it registers its tasks
}

// Group is a target group.
type Group struct {
	Type                string // "ip", "instance", "lambda"
	LoadBalancer        string // its ARN; empty if no rule forwards to the group
	HealthInterval      time.Duration
	DeregistrationDelay time.Duration
	Sticky              bool
	MultiValueHeaders   bool
	HealthChecked       bool
	Function            string // the target of a Lambda group
}

// Rule is one rule of the listener.
type Rule struct {
	ARN           string
	Priority      int // the default rule has one behind all others
	TargetGroups  []string
	Patterns      []string // of its path-pattern condition
	Headers       []string // names in its http-header conditions
	Authenticates bool
}

// Schedule is one of EventBridge Scheduler's.
type Schedule struct {
	Name    string
	Enabled bool
	Target  string // ARN of the function
	// What follows is empty if the schedule may be listed and not read.
	Expression string // as "rate(1 minute)"
	Flexible   bool   // it may be late
	Role       string // ARN
	DeadLetter string // ARN of the queue; empty if it has none
}

// check is one thing that is examined.
type check struct {
	name   string
	needs  Source
	verify func(Facts) Finding // its Check is filled in
}

// Diagnose examines the facts: a finding a check, in a fixed order, and then what there is to say of the functions and
// their roles.
func Diagnose(f Facts) []Finding {
	findings := make([]Finding, len(checks))
	for i, c := range checks {
		if err := f.Unread[c.needs]; err != nil && !isDenied(err) {
			findings[i] = unknown(err)
		} else {
			findings[i] = c.verify(f)
		}
		findings[i].Check = c.name
	}
	return append(findings, inspect(f)...)
}

func unknown(err error) Finding {
	return Finding{Level: Unknown, Says: err.Error(), Fix: "see that your own credentials may read it, and try again"}
}

func fine(says string) Finding { return Finding{Level: OK, Says: says} }

func advice(says, fix string) Finding { return Finding{Level: Advice, Says: says, Fix: fix} }

func problem(says, fix string) Finding { return Finding{Level: Problem, Says: says, Fix: fix} }
