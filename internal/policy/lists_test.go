package policy_test

import (
	"regexp"
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Matcher is what the settings' patterns are, and what regular expressions are beneath them.
var _ policy.Matcher = (*regexp.Regexp)(nil)

func list(patterns ...string) (matchers []policy.Matcher) {
	for _, p := range patterns {
		matchers = append(matchers, regexp.MustCompile("^(?:"+p+")$"))
	}
	return matchers
}

func TestClassifyByLists(t *testing.T) {
	lists := policy.Lists{
		IgnorePaths:      list("/metrics", "/internal/.*"),
		IgnoreUserAgents: list("our-check/.*"),
		AllowPaths:       list("/blog/.*", ".*[.]php"),
	}
	prefetch := func(path, purpose string) policy.Request {
		return policy.Request{Method: "GET", Path: path, SecPurpose: purpose, SecFetchMode: "navigate"}
	}
	for _, c := range []struct {
		name           string
		request        policy.Request
		listed, unlist policy.Caller // with the lists above, and without
	}{
		{"an ignored path", get("/metrics", "*/*"), policy.CallerProbe, policy.CallerClient},
		{"below an ignored path", agent("/internal/x", ""), policy.CallerProbe, policy.CallerNavigation},
		{"beside an ignored path", get("/metrics2", "*/*"), policy.CallerClient, policy.CallerClient},
		{"an ignored agent", agent("/", "our-check/1"), policy.CallerMonitor, policy.CallerNavigation},
		{"an ignored agent on an ignored path", agent("/metrics", "our-check/1"), policy.CallerProbe, policy.CallerNavigation},
		{"a known path", get("/favicon.ico", ""), policy.CallerProbe, policy.CallerProbe},
		{"a known path that is allowed", agent("/index.php", ""), policy.CallerNavigation, policy.CallerProbe},
		{"a known agent", agent("/", "Googlebot/2.1"), policy.CallerCrawler, policy.CallerCrawler},
		{"a known agent where it is allowed", agent("/blog/1", "Googlebot/2.1"), policy.CallerNavigation, policy.CallerCrawler},
		{"an ignored agent where it is allowed", agent("/blog/1", "our-check/1"), policy.CallerNavigation, policy.CallerNavigation},
		{"a scanner where it is allowed", agent("/blog/.env", "zgrab/0.x"), policy.CallerNavigation, policy.CallerProbe},
		{"prefetch", prefetch("/", "prefetch"), policy.CallerCrawler, policy.CallerCrawler},
		{"prerender", prefetch("/", "prefetch;prerender"), policy.CallerCrawler, policy.CallerCrawler},
		{"prefetch by a private proxy", prefetch("/", "Prefetch;anonymous-client-ip"), policy.CallerCrawler, policy.CallerCrawler},
		{"prefetch of an ignored path", prefetch("/metrics", "prefetch"), policy.CallerProbe, policy.CallerCrawler},
		{"prefetch where it is allowed", prefetch("/blog/1", "prefetch"), policy.CallerNavigation, policy.CallerCrawler},
		{"another purpose", prefetch("/", "annoyance"), policy.CallerNavigation, policy.CallerNavigation},
		{"the load balancer on an ignored path", agent("/metrics", healthAgent), policy.CallerHealthCheck, policy.CallerHealthCheck},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := policy.Classify(c.request, lists); got != c.listed {
				t.Errorf("%s, want %s", got, c.listed)
			}
			if got := policy.Classify(c.request, policy.Lists{}); got != c.unlist {
				t.Errorf("without lists: %s, want %s", got, c.unlist)
			}
		})
	}
}

// No list of the operator's reaches catnap's own paths: the page would not find its status any more.
func TestListsLeaveOwnPathsAlone(t *testing.T) {
	everything := policy.Lists{IgnorePaths: list(".*"), IgnoreUserAgents: list(".*")}
	for path, want := range map[string]policy.Caller{
		"/.catnap/status": policy.CallerStatus, "/.catnap/x": policy.CallerReserved, "/": policy.CallerProbe,
	} {
		if got := policy.Classify(get(path, chromeAccept), everything); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	everything.AllowPaths = list(".*")
	if got := policy.Classify(get("/.catnap/status", ""), everything); got != policy.CallerStatus {
		t.Errorf("allowed: %s", got)
	}
}
