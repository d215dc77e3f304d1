package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Freeze orders that one service is not woken until then, and put to sleep by the reaper. A freeze that holds for as
// long already is left as it is, whoever ordered it.
func (o *Operator) Freeze(
	ctx context.Context, m settings.Member, until time.Time, reason string,
) (report.Outcome, error) {
	return o.freeze(ctx, []*settings.Store{m.Store}, m.Name, ordered(until, reason))
}

// FreezeAll is Freeze for every service of the stores.
func (o *Operator) FreezeAll(
	ctx context.Context, stores []*settings.Store, until time.Time, reason string,
) (report.Outcome, error) {
	return o.freeze(ctx, stores, "", ordered(until, reason))
}

func ordered(until time.Time, reason string) settings.Freeze {
	return settings.Freeze{Until: until.UTC().Truncate(time.Second), Reason: reason, By: settings.ByOperator}
}

func (o *Operator) freeze(
	ctx context.Context, stores []*settings.Store, service string, f settings.Freeze,
) (report.Outcome, error) {
	outcome := report.Outcome{Service: service, Action: "freeze", DryRun: o.Pretend}
	name := orAll(service)
	there, err := o.freezesOf(ctx, stores, service)
	if err != nil {
		return outcome, fmt.Errorf("freeze %s: %w", name, err)
	}
	if covered(there, f.Until) {
		outcome.Message = fmt.Sprintf("%s is frozen until %s already%s; catnap thaw ends that.", upper(name),
			there[0].Until.UTC().Format(time.RFC3339), report.By(there[0].By))
		return outcome, nil
	}
	if err := o.agreeToFreeze(name, f); err != nil {
		return outcome, err
	}
	for i, store := range stores {
		if there[i].Until.Before(f.Until) {
			err = errors.Join(err, store.PutFreeze(ctx, service, f))
		}
	}
	if err != nil {
		return outcome, fmt.Errorf("freeze %s: %w", name, err)
	}
	outcome.Changed = true
	outcome.Message = fmt.Sprintf("%s is frozen until %s. What runs is put to sleep within two minutes.", upper(name),
		f.Until.Format(time.RFC3339))
	return outcome, nil
}

// freezesOf are what stands in each store now, whether it is in force or over.
func (o *Operator) freezesOf(
	ctx context.Context, stores []*settings.Store, service string,
) ([]settings.Freeze, error) {
	list := make([]settings.Freeze, len(stores))
	for i, store := range stores {
		var err error
		if list[i], err = store.ReadFreeze(ctx, service); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// covered tells whether all hold for as long.
func covered(there []settings.Freeze, until time.Time) bool {
	for _, f := range there {
		if f.Until.Before(until) {
			return false
		}
	}
	return true
}

func (o *Operator) agreeToFreeze(name string, f settings.Freeze) error {
	if o.Ask == nil || o.Pretend {
		return nil
	}
	return o.Ask(fmt.Sprintf("Freeze %s until %s? What runs is put to sleep, whoever uses it.", name,
		f.Until.Format(time.RFC3339)))
}

// orAll names a service, or all.
func orAll(service string) string {
	if service == "" {
		return "everything"
	}
	return service
}

// upper begins a sentence. The names of services are left as they are.
func upper(name string) string {
	if name == "everything" {
		return "Everything"
	}
	return name
}

// Thaw writes the operator's word that the cost guard freezes nothing until then, and only afterwards ends the freezes
// that are in force. A guard that freezes at that moment sees the word by its second look, and takes its freeze back.
func (o *Operator) Thaw(
	ctx context.Context, stores []*settings.Store, until time.Time, reason string,
) (report.Outcome, error) {
	outcome := report.Outcome{Action: "thaw", Changed: true, DryRun: o.Pretend}
	thaw := settings.Thaw{Until: until.UTC().Truncate(time.Second), Reason: reason}
	var ended []string
	var errs []error
	for _, store := range stores {
		more, err := o.thaw(ctx, store, thaw)
		ended, errs = append(ended, more...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return outcome, fmt.Errorf("thaw: %w", err)
	}
	outcome.Message = fmt.Sprintf("The cost guard freezes nothing until %s.", thaw.Until.Format(time.RFC3339))
	switch len(ended) {
	case 0:
		outcome.Message += " Nothing was frozen."
	default:
		outcome.Message += " Ended: " + strings.Join(ended, "; ") + "."
	}
	return outcome, nil
}

func (o *Operator) thaw(ctx context.Context, store *settings.Store, thaw settings.Thaw) (ended []string, err error) {
	if err := store.PutThaw(ctx, thaw); err != nil {
		return nil, err
	}
	// Only now: a freeze that was written a moment before the thaw must be seen.
	all, err := store.ReadFreeze(ctx, "")
	if err != nil {
		return nil, err
	}
	freezes := []settings.InForce{{Freeze: all}}
	services, unread := store.Fresh(ctx)
	for _, svc := range services {
		freezes = append(freezes, settings.InForce{Freeze: svc.Freeze, Service: svc.Name})
	}
	for _, f := range freezes {
		if !f.Active(o.now()) {
			continue
		}
		if err := store.PutFreeze(ctx, f.Service, settings.Freeze{}); err != nil {
			return ended, err
		}
		ended = append(ended, endedText(f))
	}
	return ended, unread
}

func endedText(f settings.InForce) string {
	text := fmt.Sprintf("the freeze of %s until %s%s", orAll(f.Service), f.Until.UTC().Format(time.RFC3339),
		report.By(f.By))
	if f.Reason != "" {
		text += " (" + f.Reason + ")"
	}
	return text
}
