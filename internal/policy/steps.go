package policy

import "time"

// Step is one step of a wake, for the status document and the waiting page.
type Step struct {
	Name  string    `json:"name"`
	State StepState `json:"state"`
}

// StepState tells how far a step is.
type StepState string

// The states of a step.
const (
	StepDone   StepState = "done"
	StepActive StepState = "active"
	StepTodo   StepState = "todo"
)

// stepNames are the steps in their order; a step is active when the ones before it are done.
var stepNames = []string{"asked", "network", "image", "starting", "health check", "ready"}

// Steps derives the steps of a wake from the service's tasks.
func Steps(s Snapshot, now time.Time) []Step {
	done := s.stepsDone(now)
	steps := make([]Step, len(stepNames))
	for i, name := range stepNames {
		steps[i] = Step{Name: name, State: stepState(i, done, s.ordered(now))}
	}
	return steps
}

func stepState(i, done int, asked bool) StepState {
	switch {
	case i < done:
		return StepDone
	case i == done && asked:
		return StepActive
	default:
		return StepTodo
	}
}

// stepsDone counts the finished steps. Fargate attaches the network while a task is PROVISIONING, pulls the image
// while it is PENDING, and registers the target on the way from ACTIVATING to RUNNING.
func (s Snapshot) stepsDone(now time.Time) int {
	if s.Desired == 0 {
		return 0
	}
	if s.serves(now) {
		return len(stepNames)
	}
	furthest := 1
	for _, task := range s.Tasks {
		furthest = max(furthest, task.stepsDone())
	}
	return furthest
}

func (t Task) stepsDone() int {
	switch t.LastStatus {
	case "PENDING":
		if !t.PullStopped.IsZero() {
			return 3
		}
		return 2
	case "ACTIVATING":
		return 3
	case "RUNNING":
		return 4
	default:
		return 1
	}
}
