package page

import (
	"strings"
	"time"
)

// StepState is how far one step is.
type StepState string

// The states of a step, as /.catnap/status spells them. Any other value counts as StepTodo.
const (
	StepDone   StepState = "done"
	StepActive StepState = "active"
	StepTodo   StepState = "todo"
)

// Step is one line of the progress list. Its name is one of [DefaultSteps]; another one is shown as it is.
type Step struct {
	Name  string
	State StepState
	Took  time.Duration // zero while unknown
}

// DefaultSteps is the list of a wake of which nothing is known yet but that it was asked for.
func DefaultSteps() []Step {
	return []Step{
		{Name: "asked", State: StepActive},
		{Name: "network", State: StepTodo},
		{Name: "image", State: StepTodo},
		{Name: "starting", State: StepTodo},
		{Name: "health check", State: StepTodo},
		{Name: "ready", State: StepTodo},
	}
}

// StepView is a step as a template writes it. Both labels travel, since the script changes the state later.
type StepView struct {
	Name, State string
	Milestone   string // what is to be reached, or is reached
	Doing       string // what goes on meanwhile
	Took        string // empty while unknown
}

// Text is the label for the state that the page is first shown in.
func (v StepView) Text() string {
	if v.State == string(StepActive) {
		return v.Doing
	}
	return v.Milestone
}

func stepViews(steps []Step, texts map[string]string) []StepView {
	if len(steps) == 0 {
		steps = DefaultSteps()
	}
	views := make([]StepView, 0, len(steps))
	for _, s := range steps {
		views = append(views, newStepView(s, texts))
	}
	return views
}

// newStepView shows a step that this package does not know under its own name rather than hiding it.
func newStepView(s Step, texts map[string]string) StepView {
	name := printable(s.Name, maxName)
	v := StepView{Name: name, State: string(s.State), Milestone: name, Doing: name}
	key := strings.ReplaceAll(s.Name, " ", "_")
	if text, known := texts["step_"+key]; known {
		v.Milestone, v.Doing = text, texts["doing_"+key]
	}
	if s.State != StepDone && s.State != StepActive {
		v.State = string(StepTodo)
	}
	if s.State == StepDone && s.Took > 0 {
		v.Took = span(s.Took, texts)
	}
	return v
}
