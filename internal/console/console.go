// Package console writes log records as event lines: one line an event, for people or as JSON.
//
// It is for the command line. The functions in Lambda log with slog's own JSON handler.
package console

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/catnap-dev/catnap/internal/clock"
)

// Handler is a slog.Handler. The keys phase, actor, action and reason become columns; what else a record says follows,
// but for the service: a sandbox has one.
// A decision to do nothing is only written when it is another one than the last.
type Handler struct {
	clock  clock.Clock
	colour bool
	json   slog.Handler // nil: text
	attrs  []slog.Attr
	shared *shared
}

type shared struct {
	mu   sync.Mutex
	out  io.Writer
	idle map[string]string // the last decision to do nothing, by service
}

// Form is how events are written.
type Form int

// The forms of events.
const (
	Plain  Form = iota // text
	Colour             // text with colours
	JSON
)

// New returns a handler that stamps lines with clk's time.
func New(out io.Writer, clk clock.Clock, form Form) *Handler {
	h := &Handler{clock: clk, colour: form == Colour, shared: &shared{out: out, idle: map[string]string{}}}
	if form == JSON {
		h.json = slog.NewJSONHandler(out, nil)
	}
	return h
}

// Colourful tells whether text for out should have colours: it is a terminal that has some, and NO_COLOR is not set.
func Colourful(out io.Writer, getenv func(string) string) bool {
	file, ok := out.(*os.File)
	if !ok || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Enabled leaves debug records out.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// WithAttrs returns a handler that adds attrs to every record.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = append(slices.Clip(h.attrs), attrs...)
	return &with
}

// WithGroup returns the handler itself: events are flat.
func (h *Handler) WithGroup(string) slog.Handler { return h }

// Handle writes one record.
func (h *Handler) Handle(ctx context.Context, record slog.Record) error {
	record = record.Clone()
	record.Time = h.clock.Now()
	record.AddAttrs(h.attrs...)
	e := eventOf(record)
	h.shared.mu.Lock()
	defer h.shared.mu.Unlock()
	if h.shared.repeats(e) {
		return nil
	}
	if h.json != nil {
		return h.json.Handle(ctx, record)
	}
	_, err := io.WriteString(h.shared.out, h.line(e))
	return err
}

// repeats tells whether e is the same decision to do nothing as the last one, and remembers it.
func (s *shared) repeats(e event) bool {
	decision := e.phase + " " + e.reason
	if e.action != "none" {
		if e.action != "" {
			delete(s.idle, e.service)
		}
		return false
	}
	if s.idle[e.service] == decision {
		return true
	}
	s.idle[e.service] = decision
	return false
}

// event is a record taken apart.
type event struct {
	record                                slog.Record
	service, phase, actor, action, reason string
	rest                                  []string
}

func eventOf(record slog.Record) event {
	e := event{record: record}
	columns := map[string]*string{
		"service": &e.service, "phase": &e.phase, "actor": &e.actor, "action": &e.action, "reason": &e.reason,
	}
	record.Attrs(func(a slog.Attr) bool {
		if column, ok := columns[a.Key]; ok {
			*column = oneLine(a.Value)
		} else {
			e.rest = append(e.rest, fmt.Sprintf("%s=%s", a.Key, oneLine(a.Value)))
		}
		return true
	})
	return e
}

func oneLine(v slog.Value) string { return strings.Join(strings.Fields(v.String()), " ") }

// phaseColours are chosen to be readable on dark and light terminals.
var phaseColours = map[string]string{
	"asleep": "34", "waking": "33", "awake": "32", "drowsy": "36", "failed": "31", "frozen": "35",
}

const (
	dim  = "2"
	bold = "1"
	warn = "33"
)

func (h *Handler) line(e event) string {
	what := e.action
	if what == "" {
		what = strings.Join(strings.Fields(e.record.Message), " ")
	}
	if e.action == "none" {
		what = "keep"
	}
	message := bold
	if e.record.Level >= slog.LevelWarn {
		message = warn
	}
	columns := []string{
		h.paint(dim, e.record.Time.Format("15:04:05")),
		h.paint(phaseColours[e.phase], fmt.Sprintf("%-7s", e.phase)),
		fmt.Sprintf("%-9s", e.actor),
		h.paint(message, fmt.Sprintf("%-22s", what)),
		strings.TrimSpace(e.reason + "  " + h.paint(dim, strings.Join(e.rest, " "))),
	}
	return strings.TrimRight(strings.Join(columns, "  "), " ") + "\n"
}

func (h *Handler) paint(colour, text string) string {
	if !h.colour || colour == "" || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
