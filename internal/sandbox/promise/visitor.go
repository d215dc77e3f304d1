package promise

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
)

// visitor sends requests to the sandbox's load balancer, and waits. Its first error, of the network or of the context,
// is kept, and everything after that does nothing.
type visitor struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one check
	box    *sandbox.Sandbox
	host   string
	client *http.Client
	err    error
}

func newVisitor(ctx context.Context, box *sandbox.Sandbox, host string) *visitor {
	return &visitor{ctx: ctx, box: box, host: host, client: &http.Client{
		Transport:     &http.Transport{DialContext: box.Network.DialContext, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (v *visitor) leave() { v.client.CloseIdleConnections() }

// or is the error that came first, or what is wrong now.
func (v *visitor) or(format string, args ...any) error {
	if v.err != nil {
		return v.err
	}
	return fmt.Errorf(format, args...)
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) String() string { return fmt.Sprintf("%d %.300q", a.status, a.body) }

func (a answer) isPage() bool {
	return a.status == http.StatusServiceUnavailable && strings.Contains(a.body, "<!doctype html>")
}

func (v *visitor) get(path string, headers ...string) answer {
	return v.send(http.MethodGet, path, headers...)
}

func (v *visitor) browse(path string) answer {
	return v.get(path, "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
}

func (v *visitor) send(method, path string, headers ...string) answer {
	if v.err != nil {
		return answer{}
	}
	a, err := v.try(method, path, headers)
	v.err = err
	return a
}

func (v *visitor) try(method, path string, headers []string) (answer, error) {
	r, err := http.NewRequestWithContext(v.ctx, method, v.box.URL()+path, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	r.Host = v.host
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := v.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

func (v *visitor) observe() policy.Snapshot {
	if v.err != nil {
		return policy.Snapshot{}
	}
	seen, err := v.box.Observe(v.ctx)
	v.err = err
	return seen
}

func (v *visitor) phase() policy.Phase { return v.observe().Phase(v.box.Clock.Now()) }

func (v *visitor) pass(d time.Duration) {
	if v.err == nil {
		v.err = v.box.Clock.Wait(v.ctx, d)
	}
}

// until waits for a phase, looking every second, for at most d.
func (v *visitor) until(phase policy.Phase, d time.Duration) error {
	for end := v.box.Clock.Now().Add(d); v.err == nil; v.pass(time.Second) {
		seen := v.phase()
		if seen == phase && v.err == nil {
			return nil
		}
		if v.box.Clock.Now().After(end) {
			return v.or("it is not %s within %s, but %s", phase, d, seen)
		}
	}
	return v.err
}
