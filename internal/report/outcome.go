package report

import "time"

// Outcome is what came of an order, as the commands that change something print it with --output json. What did not
// come about is an error instead.
type Outcome struct {
	Service string `json:"service"` // empty: all
	Action  string `json:"action"`  // wake, sleep, pin, unpin, freeze, thaw, cutover or rollback
	Changed bool   `json:"changed"` // false: it was so already
	DryRun  bool   `json:"dry_run"` // true: nothing was written, and Changed is what it would have been
	Message string `json:"message"` // for people
}

// Text is the outcome for people.
func (o Outcome) Text(time.Time, *time.Location) string {
	message := o.Message
	if o.DryRun {
		message = "A dry run: nothing was written. Otherwise: " + message
	}
	return wrap(message, indent) + "\n"
}
