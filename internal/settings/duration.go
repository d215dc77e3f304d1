package settings

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Duration is a time.Duration that JSON writes as text: "5m", "2m30s". A bare number is refused, because nobody can
// tell seconds from nanoseconds by looking at it.
type Duration time.Duration

// String leaves out what time.Duration spells out: "5m" and not "5m0s".
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalJSON writes the compact text form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads text like "2m30s".
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("read %s: not a duration, write it as text like \"2m30s\"", raw)
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("read %q: not a duration, write it like \"2m30s\"", text)
	}
	*d = Duration(parsed)
	return nil
}
