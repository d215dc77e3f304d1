package budget

import "time"

// Decision is what to do now, and why.
type Decision struct {
	Amounts  Amounts
	Freeze   Order   // of all services
	Services []Order // of each, in the snapshot's order
	Warnings []Warning
	Findings []Finding
}

// Order is what becomes of a freeze.
type Order struct {
	Service string // empty: all
	Action  Action
	Reason  Reason
	Freeze  Freeze  // ActionFreeze: what to write
	Guards  []Guard // the rows it was chosen from; the first that fires decides
}

// Action is what to do about a freeze.
type Action string

// The actions.
const (
	ActionNone   Action = "none"
	ActionFreeze Action = "freeze" // write it, over one of the guard's that may be there
	ActionLift   Action = "lift"   // remove the guard's
)

// Reason says why. The same word stands in logs, in tests and in what the operator is told.
type Reason string

// The reasons.
const (
	ReasonOperator Reason = "operator_freeze" // a person froze it: the guard keeps off
	ReasonThaw     Reason = "operator_thaw"   // a person wants it to run for now
	ReasonOff      Reason = "off"             // there is no limit, or it is not to freeze
	ReasonLimit    Reason = "limit"           // the limit is spent
	ReasonAwake    Reason = "awake_per_day"   // awake for too long today
	ReasonWakes    Reason = "wakes_per_hour"  // woken too often in an hour
	ReasonFrozen   Reason = "frozen"          // it is already
	ReasonUnknown  Reason = "unknown"         // a meter could not be read, which changes nothing
	ReasonNear     Reason = "near_limit"      // below the limit, but not far enough to lift
	ReasonBelow    Reason = "below"           // below the limit
)

// Guard is one row of a decision's table: if it fires, and none before it does, its action is taken.
type Guard struct {
	When   string // in words
	Fires  bool
	Action Action
	Reason Reason
	Until  time.Time // when it stops firing by itself; zero while unknown
}

func when(words string, fires bool, then Action, why Reason) Guard {
	return Guard{When: words, Fires: fires, Action: then, Reason: why}
}

func (g Guard) until(t time.Time) Guard {
	g.Until = t
	return g
}

// decide takes the first guard that fires. The last one always does.
func decide(service string, guards []Guard, f Freeze) Order {
	o := Order{Service: service, Action: ActionNone, Guards: guards}
	for _, g := range guards {
		if g.Fires {
			o.Action, o.Reason = g.Action, g.Reason
			break
		}
	}
	if o.Action == ActionFreeze {
		o.Freeze = f
	}
	return o
}

// after is the freeze that is there once an order was carried out.
func (o Order) after(f Freeze) Freeze {
	if o.Action == ActionNone {
		return f
	}
	return o.Freeze
}

// Decide says what to do at now. Once it is done, deciding again finds nothing to do: so the forecast, and the warning
// of it, are already for the freezes that are decided.
func Decide(s Snapshot, set Settings, now time.Time) Decision {
	now = now.UTC()
	l := newLedger(s, set, now)
	d := Decision{Amounts: l.amounts()}
	d.Freeze = decide("", budgetGuards(s, set, d.Amounts, now), budgetFreeze(set, d.Amounts, now))
	for i, svc := range s.Services {
		u := svc.use(l.services[i].timeline, now)
		f := runawayFreeze(svc.Name, u, set.Runaway, now)
		o := decide(svc.Name, runawayGuards(s, svc, u, f, set.Runaway, now), f)
		l.services[i].frozen = latest(d.Freeze.after(s.Freeze).Until, o.after(svc.Freeze).Until)
		d.Services = append(d.Services, o)
	}
	d.Amounts.Forecast = l.forecast(d.Amounts)
	d.Warnings = warnings(s, set, d.Amounts, now)
	d.Findings = findings(s, set, l)
	return d
}
