package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/ptr"

	"github.com/catnap-dev/catnap/internal/policy"
)

// mostWakes is how many wakes are kept: enough for a median, and for the highest limit of an hour.
const mostWakes = 20

// wakes is the document under /catnap/services/<name>/wakes.
type wakes struct {
	Wakes []wake `json:"wakes"`
}

type wake struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"` // 0: nobody watched
}

func parseWakes(text []byte) ([]policy.Wake, error) {
	var document wakes
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("read wakes: %w", err)
	}
	var list []policy.Wake
	for _, w := range document.Wakes {
		list = append(list, policy.Wake{At: w.At, Took: time.Duration(w.Seconds * float64(time.Second))})
	}
	return list, nil
}

func formatWakes(list []policy.Wake) (string, error) {
	var document wakes
	for _, w := range list {
		document.Wakes = append(document.Wakes, wake{At: w.At, Seconds: w.Took.Round(time.Millisecond).Seconds()})
	}
	text, err := json.Marshal(document)
	return string(text), err
}

// NoteWake adds a wake to those of a service. It is called once a wake: PutParameter is limited to three a second for
// the account. SSM has no compare-and-set, so of two services' functions that note the same wake both may write, which
// does no harm; a wake that is noted already is left as it stands.
func (s *Store) NoteWake(ctx context.Context, service string, w policy.Wake) error {
	name := s.prefix() + "/services/" + service + "/" + partWakes
	noted, err := s.readWakes(ctx, name)
	if err != nil {
		return err
	}
	w.At = w.At.UTC().Truncate(time.Second)
	if slices.ContainsFunc(noted, func(other policy.Wake) bool { return other.At.Equal(w.At) }) {
		return nil
	}
	noted = append(noted, w)
	slices.SortFunc(noted, func(a, b policy.Wake) int { return a.At.Compare(b.At) })
	text, err := formatWakes(noted[max(0, len(noted)-mostWakes):])
	if err != nil {
		return err
	}
	return s.put(ctx, name, text)
}

// put writes a parameter, which may exist.
func (s *Store) put(ctx context.Context, name, text string) error {
	_, err := s.api.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &name, Value: &text, Type: types.ParameterTypeString, Overwrite: new(true),
	})
	if err != nil {
		return fmt.Errorf("put parameter %s: %w", name, err)
	}
	return nil
}

// readWakes begins anew when there are none, or what stands there can't be read.
func (s *Store) readWakes(ctx context.Context, name string) ([]policy.Wake, error) {
	out, err := s.api.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	if _, ok := errors.AsType[*types.ParameterNotFound](err); ok {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("get parameter %s: %w", name, err)
	}
	noted, err := parseWakes([]byte(ptr.ToString(out.Parameter.Value)))
	if err != nil {
		return nil, nil //nolint:nilerr // a document that nobody can read teaches nothing and must not stay for ever
	}
	return noted, nil
}
