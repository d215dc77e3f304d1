package policy_test

import (
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

const (
	chromeAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	healthAgent  = "ELB-HealthChecker/2.0"
)

func TestClassify(t *testing.T) {
	get := func(path, accept string) policy.Request {
		return policy.Request{Method: "GET", Path: path, Accept: accept}
	}
	fetch := func(method, mode, dest string) policy.Request {
		return policy.Request{Method: method, Path: "/", Accept: chromeAccept, SecFetchMode: mode, SecFetchDest: dest}
	}
	agent := func(path, agent string) policy.Request {
		return policy.Request{Method: "GET", Path: path, UserAgent: agent, Accept: chromeAccept}
	}
	for _, c := range []struct {
		name    string
		request policy.Request
		want    policy.Caller
	}{
		{"status", get("/.catnap/status", chromeAccept), policy.CallerStatus},
		{"status, by the load balancer", agent("/.catnap/status", healthAgent), policy.CallerStatus},
		{"below the status", get("/.catnap/status/", ""), policy.CallerReserved},
		{"a mark", get("/.catnap/since/1/active/2", chromeAccept), policy.CallerReserved},
		{"a reserved path, by the load balancer", agent("/.catnap/x", healthAgent), policy.CallerReserved},
		{"not a reserved path", get("/.catnap", "*/*"), policy.CallerClient},
		{"reserved only at the root", get("/app/.catnap/status", "*/*"), policy.CallerClient},
		{"health check", agent("/", healthAgent), policy.CallerHealthCheck},
		{"health check of an asset", agent("/favicon.ico", healthAgent), policy.CallerHealthCheck},
		{"not a health check", agent("/", "curl ELB-HealthChecker/2.0"), policy.CallerNavigation},
		{"icon", get("/favicon.ico", "image/avif"), policy.CallerAsset},
		{"icon that a person opens", get("/favicon.ico", chromeAccept), policy.CallerAsset},
		{"robots.txt", get("/robots.txt", "*/*"), policy.CallerAsset},
		{"touch icon", get("/apple-touch-icon.png", ""), policy.CallerAsset},
		{"touch icon, precomposed", get("/apple-touch-icon-precomposed.png", ""), policy.CallerAsset},
		{"an icon elsewhere", get("/img/favicon.ico", ""), policy.CallerClient},
		{"page in a browser", fetch("GET", "navigate", "document"), policy.CallerNavigation},
		{"page in a frame", fetch("GET", "navigate", "iframe"), policy.CallerNavigation},
		{"HEAD of a page", fetch("HEAD", "navigate", "document"), policy.CallerNavigation},
		{"form post in a browser", fetch("POST", "navigate", "document"), policy.CallerClient},
		{"object element", fetch("GET", "navigate", "object"), policy.CallerClient},
		{"embed element", fetch("GET", "navigate", "embed"), policy.CallerClient},
		{"fetch that accepts HTML", fetch("GET", "cors", "empty"), policy.CallerClient},
		{"web socket", fetch("GET", "websocket", "websocket"), policy.CallerClient},
		{"page in an old browser", get("/", chromeAccept), policy.CallerNavigation},
		{"HEAD in an old browser", policy.Request{Method: "HEAD", Path: "/", Accept: chromeAccept}, policy.CallerNavigation},
		{"form post in an old browser", policy.Request{Method: "POST", Path: "/", Accept: chromeAccept}, policy.CallerClient},
		{"curl", get("/", "*/*"), policy.CallerClient},
		{"no header at all", get("/", ""), policy.CallerClient},
		{"nothing", policy.Request{}, policy.CallerClient},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := policy.Classify(c.request); got != c.want {
				t.Errorf("Classify(%+v) = %s, want %s", c.request, got, c.want)
			}
		})
	}
}
