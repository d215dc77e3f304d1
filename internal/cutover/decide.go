package cutover

import (
	"fmt"
	"strings"
)

// Step is what is to be done next to move traffic.
type Step string

// The steps.
const (
	StepNone   Step = "none"   // the traffic is there
	StepRefuse Step = "refuse" // the other side could not answer
	StepWake   Step = "wake"   // wake ECS first, and decide again
	StepSwitch Step = "switch"
)

// Decide says what to do next so that traffic that is at one side goes to the other, without a visitor who meets an
// error: the side that gets it must stand ready before. served tells whether ECS does: it is awake, the waker rule
// disarmed. unchecked leaves all of that out.
func Decide(s State, to Side, served, unchecked bool) Step {
	switch {
	case s.Side == to:
		return StepNone
	case unchecked:
		return StepSwitch
	case to == ECS && !served:
		return StepWake
	case to == EC2 && s.Healthy() == 0:
		return StepRefuse
	default:
		return StepSwitch
	}
}

// Health is what the load balancer says of the targets at EC2, in a line.
func (s State) Health() string {
	if len(s.Targets) == 0 {
		return "the EC2 target group has no target"
	}
	var list []string
	for _, t := range s.Targets {
		text := fmt.Sprintf("%s is %s", t.ID, t.State)
		if t.Description != "" {
			text += " (" + t.Description + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
