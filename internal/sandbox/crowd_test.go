package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// member is one kind of a mixed crowd: what it sends, and what it may get from a service that is asleep or on its way,
// or runs.
type member struct {
	name, method, path, body string
	headers                  []string
	may                      func(a answer) bool
}

func oneOf(codes ...int) func(answer) bool {
	return func(a answer) bool { return slices.Contains(codes, a.status) }
}

// crowd is what meets a public address: people, programs and robots, a fifth of whom somebody waits for.
var crowd = []member{
	{"person", "GET", "/", "", []string{"Accept", "text/html", "Sec-Fetch-Mode", "navigate"}, func(a answer) bool {
		return a.isPage() || a.status == http.StatusOK
	}},
	{"script", "GET", "/api/echo", "", []string{"Sec-Fetch-Mode", "cors"}, oneOf(200)},
	{"client", "POST", "/api/echo", `{"a":1}`, []string{"Content-Type", "application/json"}, oneOf(200)},
	{"preflight", "OPTIONS", "/api/echo", "", []string{
		"Origin", "https://app.example", "Access-Control-Request-Method", "PUT",
	}, oneOf(200)},
	{"stream", "GET", "/api/echo", "", []string{"Accept", "text/event-stream"}, oneOf(200, 307)},
	{"call", "POST", "/pkg.Service/Call", "", []string{"Content-Type", "application/grpc"}, oneOf(200)},
	{"status", "GET", "/.catnap/status", "", nil, oneOf(200, 503)}, // 503: AWS throttles the looks, so nobody knows
	{"icon", "GET", "/favicon.ico", "", nil, oneOf(404, 200)},
	{"scanner", "GET", "/wp-login.php", "", nil, oneOf(404, 200)},
	{"another scanner", "GET", "/.env", "", []string{"User-Agent", "Mozilla/5.0 zgrab/0.x"}, oneOf(404, 200)},
	{"monitor", "HEAD", "/", "", []string{"User-Agent", "UptimeRobot/2.0"}, oneOf(200)},
	{"crawler", "GET", "/", "", []string{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)"}, oneOf(503, 200)},
}

func crowdRequest(w *world, client int) (answer, error) {
	m := crowd[client%len(crowd)]
	a, err := w.try(m.method, m.path, m.body, m.headers...)
	if err == nil && !m.may(a) {
		err = fmt.Errorf("%s: %d %.100s", m.name, a.status, a.body)
	}
	a.status = http.StatusOK // as it may be
	return a, err
}

// TestCrowd sends thousands of mixed requests to a sleeping service. Each gets the answer of its kind.
func TestCrowd(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.NoScheduler = true
	inBubble(t, o, func(t *testing.T, w *world) {
		result := storm(w, crowdRequest)
		if want := stormClients * stormRequests(); result.served != want {
			t.Errorf("%d of %d requests got their answer: %v", result.served, want, result.refused)
		}
		if n := w.Backplane.Calls()["UpdateService"]; n == 0 || n > maxUpdates {
			t.Errorf("%d UpdateService calls reached ECS, want 1 to %d", n, maxUpdates)
		}
	})
}

// TestNobodyIsWoken: what a public address meets all day and nobody waits for leaves the service asleep, and costs AWS
// few calls.
func TestNobodyIsWoken(t *testing.T) {
	t.Parallel()
	inBubble(t, asDocumented(), func(t *testing.T, w *world) {
		calls := w.callsDuring(func() {
			for n := range 1200 {
				m := crowd[6+n%6]
				if a := w.send(m.method, m.path, "", m.headers...); !m.may(a) {
					t.Fatalf("%s got %d %s", m.name, a.status, a.body)
				}
			}
		})
		if calls["UpdateService"] > 0 || w.observe().Desired > 0 {
			t.Errorf("the service was woken: %v", calls)
		}
		if n := calls["DescribeServices"]; n > 60 {
			t.Errorf("%d looks at ECS for 1,200 requests that nobody waits for", n)
		}
	})
}

// BenchmarkCrowd is TestCrowd over sockets, as BenchmarkStorm is TestStorm.
func BenchmarkCrowd(b *testing.B) { benchmarkStorm(b, crowdRequest) }
