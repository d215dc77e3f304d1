package promise

import (
	"fmt"
	"net/http"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// spentBudget: the cost guard freezes when the limit is spent, warns of it, and lifts that when the limit is raised.
func (e *exercise) spentBudget() error {
	if err := e.wake(); err != nil {
		return err
	}
	if err := e.guard(`{"limit": 0.01}`); err != nil {
		return err
	}
	if err := e.until(policy.PhaseAsleep, 3*time.Minute); err != nil {
		return err
	}
	if err := e.paused(); err != nil {
		return err
	}
	if err := e.guard(`{"limit": 1000}`); err != nil {
		return err
	}
	e.pass(time.Minute) // for which instances keep what they read
	return e.wake()
}

// runAway: one that is woken too often is frozen by itself, for an hour from its last wake.
func (e *exercise) runAway() error {
	for range 2 {
		if err := e.wake(); err != nil {
			return err
		}
		if err := e.fallsAsleep(); err != nil {
			return err
		}
	}
	if err := e.guard(`{"runaway": {"wakes_an_hour": 1}}`); err != nil {
		return err
	}
	if err := e.paused(); err != nil {
		return err
	}
	e.budget("{}")
	e.pass(time.Hour)
	return e.wake()
}

// guard has the cost guard look at a budget.
func (e *exercise) guard(budget string) error {
	e.budget(budget)
	if e.err != nil {
		return e.err
	}
	if err := e.box.Guard(e.ctx); err != nil {
		return err
	}
	e.pass(time.Minute)
	return e.err
}

func (e *exercise) budget(document string) { e.box.SSM.Set(e.box.Prefix()+"/budget", document) }

// paused: nobody wakes it, and whoever asks is told.
func (e *exercise) paused() error {
	e.pass(time.Minute) // for which instances keep what they read
	if a := e.get("/api/echo"); a.status != http.StatusServiceUnavailable {
		return e.or("a client got %s during the freeze", a)
	}
	if phase := e.phase(); phase != policy.PhaseAsleep && e.err == nil {
		return fmt.Errorf("it is %s during the freeze", phase)
	}
	return e.err
}
