package settings

import (
	"context"
	"time"
)

// pin is the document under /catnap/services/<name>/pin. Without a time it is no pin.
type pin struct {
	Until time.Time `json:"until,omitzero"`
}

func parsePin(text []byte) (time.Time, error) {
	var document pin
	if err := decodeStrict(text, &document).problems.err("read pin"); err != nil {
		return time.Time{}, err
	}
	return document.Until, nil
}

// PinnedUntil is the end of the operator's order to stay awake: the later of the document's pin and the parameter's.
func (s Service) PinnedUntil() time.Time {
	if s.Pinned.After(s.Pin) {
		return s.Pinned
	}
	return s.Pin
}

// PutPin writes the parameter beside the service's document that pins the service until then; the zero time takes the
// pin away. The document is left as it is: a stack or a person owns it, and SSM has no compare-and-set.
func (s *Store) PutPin(ctx context.Context, service string, until time.Time) error {
	name := s.prefix() + "/services/" + service + "/" + partPin
	return s.putJSON(ctx, name, pin{Until: until})
}
