// Package costguard watches the bill. So far it only tells that nothing is configured: it reads no meter and freezes
// nothing.
package costguard

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Event is what the schedule sends, and whoever asks on demand. All of it may be left out.
type Event struct {
	// Time is the moment of the schedule (RFC 3339); the zero value means now.
	Time time.Time `json:"time"`
	// DryRun asks for a report without any effect.
	DryRun bool `json:"dry_run"`
}

// Report is what the guard found.
type Report struct {
	Configured bool   `json:"configured"`
	Message    string `json:"message"`
}

// Guard is the function's handler.
type Guard struct {
	log *slog.Logger
}

// New returns a guard.
func New(log *slog.Logger) *Guard { return &Guard{log: log} }

// Handle answers one event. A duplicate of one does no harm. Members that the event's sender adds are ignored:
// EventBridge sends an envelope around what it was told.
func (g *Guard) Handle(ctx context.Context, payload json.RawMessage) (Report, error) {
	var event Event
	if err := json.Unmarshal(payload, &event); err != nil {
		return Report{}, fmt.Errorf("read event: %w", err)
	}
	report := Report{Message: "not configured: there is no budget to guard"}
	g.log.InfoContext(ctx, "cost", slog.Bool("configured", report.Configured), slog.Bool("dry_run", event.DryRun))
	return report, nil
}
