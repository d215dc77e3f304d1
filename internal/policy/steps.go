package policy

import "time"

// Step is one step of a wake, for the status document and the waiting page.
type Step struct {
	Name  string
	State StepState
	Took  time.Duration // of a step that is done; zero while ECS does not tell
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
	task := s.furthest()
	done, took := s.stepsDone(task, now), task.took(s.asked())
	steps := make([]Step, len(stepNames))
	for i, name := range stepNames {
		steps[i] = Step{Name: name, State: stepState(i, done, s.ordered(now))}
		if i < done && i < len(took) {
			steps[i].Took = took[i]
		}
	}
	return steps
}

// asked is when the wake began; zero when no wake made the mark, which then says nothing about these tasks.
func (s Snapshot) asked() time.Time {
	if s.Rule.Mark.Waking() {
		return s.Rule.Mark.Since
	}
	return time.Time{}
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
func (s Snapshot) stepsDone(task Task, now time.Time) int {
	switch {
	case s.Desired == 0:
		return 0
	case s.serves(now):
		return len(stepNames)
	default:
		return task.stepsDone()
	}
}

// furthest is the task that is nearest to serving; of several, the newest.
func (s Snapshot) furthest() Task {
	var furthest Task
	for _, task := range s.Tasks {
		if task.stepsDone() >= furthest.stepsDone() {
			furthest = task
		}
	}
	return furthest
}

// took is how long the steps up to "starting" took, as far as ECS tells. How long the health check takes is known when
// the wake is over.
func (t Task) took(asked time.Time) []time.Duration {
	moments := []time.Time{asked, t.Created, t.PullStarted, t.PullStopped, t.Started}
	took := make([]time.Duration, len(moments)-1)
	for i := range took {
		if !moments[i].IsZero() && moments[i+1].After(moments[i]) {
			took[i] = moments[i+1].Sub(moments[i])
		}
	}
	return took
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
