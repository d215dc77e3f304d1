package settings

import "time"

// ParseFreeze reads the cost guard's order. The error has one line for every problem.
func ParseFreeze(text []byte) (Freeze, error) {
	var f Freeze
	d := decodeStrict(text, &f)
	all := append(d.problems, f.problems().without(d.problems)...)
	if err := all.err("freeze"); err != nil {
		return Freeze{}, err
	}
	return f, nil
}

func (f Freeze) problems() problems {
	var ps problems
	ps.check(!f.Until.IsZero(), "until", "is missing,", `must be an RFC 3339 time like "2026-01-31T18:00:00Z"`)
	return ps
}

// Active tells whether nothing may be woken at now. A freeze ends by itself: nobody has to delete the parameter.
func (f Freeze) Active(now time.Time) bool { return now.Before(f.Until) }
