package costguard

import (
	"encoding/json"
	"log/slog"
	"testing"
)

func TestHandle(t *testing.T) {
	for name, tc := range map[string]struct {
		event string
		fails bool
	}{
		"on demand":      {`{}`, false},
		"dry run":        {`{"dry_run": true}`, false},
		"schedule":       {`{"source": "aws.scheduler", "time": "2026-11-23T12:00:00Z", "detail": "{}"}`, false},
		"not JSON":       {`{`, true},
		"not an object":  {`"now"`, true},
		"not a time":     {`{"time": "noon"}`, true},
		"not yes nor no": {`{"dry_run": "yes"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := New(slog.New(slog.DiscardHandler)).Handle(t.Context(), json.RawMessage(tc.event))
			if (err != nil) != tc.fails {
				t.Errorf("error %v", err)
			}
			if err == nil && (got.Configured || got.Message == "") {
				t.Errorf("reports %+v", got)
			}
		})
	}
}
