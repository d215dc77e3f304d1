package page

// StepState is how far one step is.
type StepState string

// The states of a step, as /.catnap/status spells them. Any other value counts as StepTodo.
const (
	StepDone   StepState = "done"
	StepActive StepState = "active"
	StepTodo   StepState = "todo"
)

// Step is one line of the progress list.
type Step struct {
	Name  string
	State StepState
}

// label is a step in the visitor's words: a milestone to reach or reached, and what is going on meanwhile.
type label struct{ milestone, doing string }

var labels = map[string]label{
	"asked":        {"Wake-up asked for", "Asking it to wake up"},
	"network":      {"Network attached", "Attaching the network"},
	"image":        {"Image pulled", "Pulling the image"},
	"starting":     {"Application started", "Starting the application"},
	"health check": {"Health check passed", "Waiting for its health check"},
	"ready":        {"Ready", "Opening it"},
}

// DefaultSteps is the list of a wake of which nothing is known yet but that it was asked for.
func DefaultSteps() []Step {
	return []Step{
		{"asked", StepActive},
		{"network", StepTodo},
		{"image", StepTodo},
		{"starting", StepTodo},
		{"health check", StepTodo},
		{"ready", StepTodo},
	}
}

// stepView is a step as the template writes it. Both labels travel, since the script changes the state later.
type stepView struct{ Name, State, Milestone, Doing string }

// Text is the label for the state that the page is first shown in.
func (v stepView) Text() string {
	if v.State == string(StepActive) {
		return v.Doing
	}
	return v.Milestone
}

func stepViews(steps []Step) []stepView {
	if len(steps) == 0 {
		steps = DefaultSteps()
	}
	views := make([]stepView, 0, len(steps))
	for _, s := range steps {
		views = append(views, newStepView(s))
	}
	return views
}

// newStepView shows a step that this package does not know under its own name rather than hiding it.
func newStepView(s Step) stepView {
	l, known := labels[s.Name]
	if !known {
		name := printable(s.Name)
		l = label{name, name}
	}
	if s.State != StepDone && s.State != StepActive {
		s.State = StepTodo
	}
	return stepView{printable(s.Name), string(s.State), l.milestone, l.doing}
}
