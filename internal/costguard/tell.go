package costguard

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/settings"
)

// message is one to the operator. Its key is noted once it went out, and it is not sent again: a warning for the month,
// a freeze for as long as it stands.
type message struct{ key, text string }

// tell sends what was not sent. The note is written after the messages, so a run that dies in between sends
// some of them twice, and none is lost.
func (r *run) tell(ctx context.Context) {
	messages := r.messages()
	note := settings.Warned{Month: r.At.UTC().Format(monthLayout)}
	if r.Orders.Warned.Month == note.Month {
		note.Sent = r.stillTold(messages)
	}
	known := len(note.Sent)
	for _, m := range messages {
		if slices.Contains(note.Sent, m.key) {
			continue
		}
		if err := r.send(ctx, m); err != nil {
			r.fail(err)
			continue
		}
		r.told, note.Sent = append(r.told, m.key), append(note.Sent, m.key)
	}
	forgot := r.Orders.Warned.Month == note.Month && known < len(r.Orders.Warned.Sent)
	if !r.dryRun && (len(r.told) > 0 || forgot) {
		r.fail(r.store.PutWarned(ctx, note))
	}
}

// stillTold are the keys of the note without those of freezes that stand no more: should one come again, after a thaw
// for instance, that is news. A run that failed may not have seen what stands, and forgets nothing.
func (r *run) stillTold(messages []message) []string {
	told := slices.Clone(r.Orders.Warned.Sent)
	if len(r.errs) > 0 {
		return told
	}
	return slices.DeleteFunc(told, func(key string) bool {
		stands := slices.ContainsFunc(messages, func(m message) bool { return m.key == key })
		return strings.HasPrefix(key, frozenKey) && !stands
	})
}

// frozenKey is how the keys of messages about freezes begin.
const frozenKey = "frozen-"

func (r *run) messages() (list []message) {
	for _, w := range r.Decision.Warnings {
		list = append(list, message{w.Key, w.Text})
	}
	for i, o := range r.orders {
		if f := r.inForce(i, o); !f.Until.IsZero() {
			list = append(list, message{
				fmt.Sprintf(frozenKey+"%s-%s", orAll(o.Service), f.Until.UTC().Format(time.RFC3339)), frozenText(o.Service, f),
			})
		}
	}
	return list
}

// inForce is the guard's freeze that an order leaves in force; the zero value if there is none.
func (r *run) inForce(i int, o Order) budget.Freeze {
	before := r.before(i)
	switch {
	case o.Done == DoneFrozen && i == 0:
		return r.Decision.Freeze.Freeze
	case o.Done == DoneFrozen:
		return r.Decision.Services[i-1].Freeze
	case (o.Done == DoneNothing || o.Done == DonePartial) && before.By == budget.ByGuard && before.Until.After(r.At):
		return before
	default:
		return budget.Freeze{}
	}
}

// before is the freeze that stood when the run began, by the order's place.
func (r *run) before(i int) budget.Freeze {
	if i == 0 {
		return r.Snapshot.Freeze
	}
	return r.Snapshot.Services[i-1].Freeze
}

func frozenText(service string, f budget.Freeze) string {
	what := "All services are"
	if service != "" {
		what = "The service " + service + " is"
	}
	return fmt.Sprintf("%s frozen until %s: %s. What runs is put to sleep, and nobody wakes it before. To end that: "+
		"catnap thaw --for 8h --reason \"...\"", what, f.Until.UTC().Format(time.RFC3339), f.Reason)
}

// send publishes a message; without a topic it is only logged.
func (r *run) send(ctx context.Context, m message) error {
	r.log.WarnContext(ctx, "warning", slog.String("key", m.key), slog.String("text", m.text),
		slog.Bool("dry_run", r.dryRun))
	arn := r.topic()
	if r.dryRun || arn == "" {
		return nil
	}
	return r.publish.Publish(ctx, arn, "catnap "+r.name()+": "+m.key, m.text)
}

func (r *run) topic() string {
	if r.Budget.Topic != "" {
		return r.Budget.Topic
	}
	return r.Topic
}

func (g *Guard) name() string {
	if g.Name == "" {
		return "/catnap"
	}
	return g.Name
}
