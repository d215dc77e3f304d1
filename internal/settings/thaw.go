package settings

import (
	"context"
	"time"
)

// Thaw is the operator's word under /catnap/thaw: until then the cost guard freezes nothing. An empty document is none.
// Only people write it, by the command line, and they write it before they end a freeze: the guard that freezes at the
// same moment looks once more, sees it, and takes its freeze back.
type Thaw struct {
	// Until is when the guard may freeze again (RFC 3339). Required, unless the document is empty.
	Until time.Time `json:"until,omitzero"`
	// Reason is for whoever wonders later.
	Reason string `json:"reason,omitempty"`
}

// ParseThaw reads the operator's word. The error has one line for every problem.
func ParseThaw(text []byte) (Thaw, error) {
	var t Thaw
	d := decodeStrict(text, &t)
	var ps problems
	ps.check(t == Thaw{} || !t.Until.IsZero(), "until", "is missing,", wantTime)
	if err := append(d.problems, ps.without(d.problems)...).err("thaw"); err != nil {
		return Thaw{}, err
	}
	return t, nil
}

// Active tells whether the guard may freeze nothing at now.
func (t Thaw) Active(now time.Time) bool { return now.Before(t.Until) }

// PutThaw writes the operator's word.
func (s *Store) PutThaw(ctx context.Context, t Thaw) error {
	return s.putJSON(ctx, s.prefix()+"/thaw", t)
}

// Warned is the cost guard's own note under /catnap/budget/warned of what it has told already.
type Warned struct {
	// Month is the one the note is about, like "2026-11", in UTC as AWS bills.
	Month string `json:"month,omitempty"`
	// Sent are the warnings, by the names that package budget gives them.
	Sent []string `json:"sent,omitzero"`
}

// PutWarned writes the note. It is written after a warning was sent: one whose note is lost is sent again.
func (s *Store) PutWarned(ctx context.Context, w Warned) error {
	return s.putJSON(ctx, s.prefix()+"/budget/warned", w)
}

// Orders are what people and the cost guard have told each other about all services.
type Orders struct {
	Freeze Freeze
	Thaw   Thaw
	Warned Warned
}

// Orders reads them as they stand at this moment, past the cache. Parameters that are missing are empty.
func (s *Store) Orders(ctx context.Context) (o Orders, err error) {
	if o.Freeze, err = s.loadFreeze(ctx); err != nil {
		return Orders{}, err
	}
	if o.Thaw, err = s.ReadThaw(ctx); err != nil {
		return Orders{}, err
	}
	o.Warned, err = s.readWarned(ctx)
	return o, err
}

// ReadThaw reads the operator's word as it stands at this moment.
func (s *Store) ReadThaw(ctx context.Context) (Thaw, error) {
	return readDocument(ctx, s, s.prefix()+"/thaw", ParseThaw)
}

// readWarned begins anew when what stands there can't be read: a warning twice is better than none.
func (s *Store) readWarned(ctx context.Context) (Warned, error) {
	return readDocument(ctx, s, s.prefix()+"/budget/warned", func(text []byte) (Warned, error) {
		var w Warned
		if err := decodeStrict(text, &w).problems.err("warned"); err != nil {
			return Warned{}, nil //nolint:nilerr // the guard's own note, which it writes anew
		}
		return w, nil
	})
}
