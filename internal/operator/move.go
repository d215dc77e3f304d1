package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Move is an order to move a service's traffic.
type Move struct {
	Action    string       // cutover or rollback
	To        cutover.Side // empty: to the side where it is not
	Unchecked bool         // whether the other side can answer or not
}

// UnreadyError says that traffic was not moved, or moved back, because the other side could not have answered.
type UnreadyError struct {
	Action, Service, What string
}

func (e *UnreadyError) Error() string { return fmt.Sprintf("%s %s: %s", e.Action, e.Service, e.What) }

// Move moves the traffic to the other side, which stands ready before: ECS is woken, EC2 must have a healthy target.
// After the switch it looks again, and switches back if the side that has the traffic lost its last target at that
// moment. The error is then an *UnreadyError, as it is when nothing is moved.
func (o *Operator) Move(ctx context.Context, m settings.Member, order Move) (report.Outcome, error) {
	mv := &move{Move: order, m: m, outcome: report.Outcome{Service: m.Name, Action: order.Action, DryRun: o.Pretend}}
	for {
		over, err := o.advance(ctx, mv)
		if err != nil || over {
			return mv.outcome, err
		}
	}
}

type move struct {
	Move
	m       settings.Member
	begun   bool
	asked   bool
	woken   bool // in a dry run, as far as that goes
	outcome report.Outcome
}

// advance looks at both sides and does what is to be done now. It tells whether that was all.
func (o *Operator) advance(ctx context.Context, mv *move) (over bool, err error) {
	state, seen, err := o.bothSides(ctx, mv.m)
	if err != nil {
		return true, mv.wrap(err)
	}
	mv.begin(o, state)
	served := seen.Phase(o.now()) == policy.PhaseAwake || o.Pretend && mv.woken
	step := cutover.Decide(state, mv.To, served, mv.Unchecked)
	if step == cutover.StepNone {
		mv.outcome.Message = fmt.Sprintf("The traffic of %s goes to %s already%s.", mv.m.Name, mv.To.Name(),
			o.sinceWhen(state))
		return true, nil
	}
	if step == cutover.StepRefuse {
		what := fmt.Sprintf("refused: EC2 could not answer: %s (--unchecked moves it all the same)", state.Health())
		return true, &UnreadyError{mv.Action, mv.m.Name, what}
	}
	if err := o.agreeToMove(mv, state); err != nil {
		return true, err
	}
	if step == cutover.StepWake {
		mv.woken = true
		o.say(mv.m.Name + ": waking ECS first")
		_, err := o.Wake(ctx, mv.m, true)
		return false, mv.wrap(err)
	}
	return true, o.switchSides(ctx, mv)
}

// begin says where the traffic is, and chooses the side that the order leaves open.
func (mv *move) begin(o *Operator, s cutover.State) {
	if mv.To == "" {
		mv.To = s.Side.Other()
	}
	if !mv.begun {
		mv.begun = true
		o.say(fmt.Sprintf("%s: the traffic goes to %s%s", mv.m.Name, s.Side.Name(), o.sinceWhen(s)))
	}
}

func (mv *move) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", mv.Action, mv.m.Name, err)
}

func (o *Operator) bothSides(ctx context.Context, m settings.Member) (cutover.State, policy.Snapshot, error) {
	state, err := o.sides.Look(ctx, m.Service)
	if err != nil {
		return cutover.State{}, policy.Snapshot{}, err
	}
	seen, err := o.observe(ctx, m)
	return state, seen, err
}

func (o *Operator) sinceWhen(s cutover.State) string {
	if s.Since.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (since %s, %s)", s.Since.Format(time.RFC3339), report.Ago(s.Since, o.now()))
}

func (o *Operator) agreeToMove(mv *move, s cutover.State) error {
	if mv.asked || o.Ask == nil || o.Pretend {
		return nil
	}
	mv.asked = true
	warning := ""
	if mv.Unchecked {
		warning = " WITHOUT LOOKING whether that side can answer"
	}
	return o.Ask(fmt.Sprintf("Move the traffic of %s from %s%s to %s%s?", mv.m.Name, s.Side.Name(), o.sinceWhen(s),
		mv.To.Name(), warning))
}

// switchSides writes first and looks then, as all that switch a rule do.
func (o *Operator) switchSides(ctx context.Context, mv *move) error {
	from := mv.To.Other()
	o.say(fmt.Sprintf("%s: switching the EC2 rule, %s -> %s", mv.m.Name, from.Name(), mv.To.Name()))
	if err := o.sides.To(ctx, mv.m.Service, mv.To); err != nil {
		return mv.wrap(err)
	}
	if !mv.Unchecked && !o.Pretend {
		if err := o.lookAgain(ctx, mv); err != nil {
			return err
		}
	}
	mv.outcome.Changed = true
	mv.outcome.Message = fmt.Sprintf("The traffic of %s goes to %s; the switch takes some seconds to reach every node of "+
		"the load balancer. catnap rollback moves it back.", mv.m.Name, mv.To.Name())
	if mv.To == cutover.EC2 {
		mv.outcome.Message += " ECS falls asleep by itself."
	}
	return nil
}

func (o *Operator) lookAgain(ctx context.Context, mv *move) error {
	state, seen, err := o.bothSides(ctx, mv.m)
	if err != nil {
		return mv.wrap(fmt.Errorf("switched, but nobody knows what came of it: %w", err))
	}
	stands := seen.Desired > 0 && seen.Healthy > 0
	if mv.To == cutover.EC2 {
		stands = state.Healthy() > 0
	}
	switch {
	case state.Side != mv.To:
		return &UnreadyError{mv.Action, mv.m.Name, "somebody else moved the traffic back at the same time"}
	case stands:
		return nil
	}
	what := mv.To.Name() + " lost its last healthy target at the moment of the switch, so the traffic is back at " +
		mv.To.Other().Name()
	if err := o.sides.To(ctx, mv.m.Service, mv.To.Other()); err != nil {
		return mv.wrap(fmt.Errorf("switched, but %s lost its last healthy target; move back: %w", mv.To.Name(), err))
	}
	return &UnreadyError{mv.Action, mv.m.Name, what}
}
