package policy_test

import (
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

const (
	chromeAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	healthAgent  = "ELB-HealthChecker/2.0"
	formType     = "application/x-www-form-urlencoded"
)

type classifyCase struct {
	name    string
	request policy.Request
	want    policy.Caller
}

func checkClassify(t *testing.T, cases []classifyCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := policy.Classify(c.request, policy.Lists{}); got != c.want {
				t.Errorf("Classify(%+v) = %s, want %s", c.request, got, c.want)
			}
		})
	}
}

func get(path, accept string) policy.Request {
	return policy.Request{Method: "GET", Path: path, Accept: accept}
}

func agent(path, agent string) policy.Request {
	return policy.Request{Method: "GET", Path: path, UserAgent: agent, Accept: chromeAccept}
}

// javaGet accepts what HttpURLConnection does when it is not told.
func javaGet(agent string) policy.Request {
	return policy.Request{
		Method: "GET", Path: "/", UserAgent: agent, Accept: "text/html, image/gif, image/jpeg, */*; q=0.2",
	}
}

func TestClassifyOwnPaths(t *testing.T) {
	checkClassify(t, []classifyCase{
		{"status", get("/.catnap/status", chromeAccept), policy.CallerStatus},
		{"status, by the load balancer", agent("/.catnap/status", healthAgent), policy.CallerStatus},
		{"status, by a monitor", agent("/.catnap/status", "UptimeRobot/2.0"), policy.CallerStatus},
		{"below the status", get("/.catnap/status/", ""), policy.CallerReserved},
		{"a mark", get("/.catnap/since/1/active/2", chromeAccept), policy.CallerReserved},
		{"a reserved path, by the load balancer", agent("/.catnap/x", healthAgent), policy.CallerReserved},
		{"not a reserved path", get("/.catnap", "*/*"), policy.CallerClient},
		{"reserved only at the root", get("/app/.catnap/status", "*/*"), policy.CallerClient},
		{"health check", agent("/", healthAgent), policy.CallerHealthCheck},
		{"health check of an icon", agent("/favicon.ico", healthAgent), policy.CallerHealthCheck},
		{"not a health check", agent("/", "curl ELB-HealthChecker/2.0"), policy.CallerNavigation},
	})
}

// Only the page's script, a person's click and tools without a browser wake by this path. A page of another site that
// has its visitors ask does not.
func TestClassifyWake(t *testing.T) {
	wake := func(method, site, origin string, click bool) policy.Request {
		return policy.Request{
			Method: method, Path: "/.catnap/wake", Host: "a.example", SecFetchSite: site, Origin: origin, Click: click,
		}
	}
	checkClassify(t, []classifyCase{
		{"script", wake("POST", "same-origin", "https://a.example", false), policy.CallerWake},
		{"click", wake("POST", "same-origin", "https://a.example", true), policy.CallerClick},
		{"curl", wake("POST", "", "", false), policy.CallerWake},
		{"curl, as a click", wake("POST", "", "", true), policy.CallerClick},
		{"no page at all", wake("POST", "none", "", false), policy.CallerWake},
		{"a browser without fetch metadata", wake("POST", "", "http://a.example", false), policy.CallerWake},
		{"the same, in other letters", wake("POST", "", "https://A.Example", true), policy.CallerClick},
		{"GET", wake("GET", "same-origin", "", false), policy.CallerReserved},
		{"GET of a click", wake("GET", "none", "", true), policy.CallerReserved},
		{"preflight", wake("OPTIONS", "", "https://a.example", false), policy.CallerReserved},
		{"another site", wake("POST", "cross-site", "https://a.example", false), policy.CallerReserved},
		{"a click on another site", wake("POST", "cross-site", "https://b.example", true), policy.CallerReserved},
		{"another host of the site", wake("POST", "same-site", "https://b.a.example", true), policy.CallerReserved},
		{"metadata of a later day", wake("POST", "same-planet", "https://a.example", true), policy.CallerReserved},
		{"another site, without fetch metadata", wake("POST", "", "https://b.example", true), policy.CallerReserved},
		{"another port, without fetch metadata", wake("POST", "", "https://a.example:8443", false), policy.CallerReserved},
		{"a page that hides its origin", wake("POST", "", "null", true), policy.CallerReserved},
	})
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		site, origin, host string
		want               bool
	}{
		{"", "", "", true},
		{"", "", "a.example", true},
		{"", "https://a.example:8443", "a.example:8443", true},
		{"", "https://a.example", "a.example:8443", false},
		{"", "a.example", "a.example", false}, // no origin has that form
		{"same-origin", "https://b.example", "a.example", true},
		{"Same-Origin", "", "a.example", false}, // browsers write it in lower case
	} {
		r := policy.Request{SecFetchSite: c.site, Origin: c.origin, Host: c.host}
		if got := r.SameSite(); got != c.want {
			t.Errorf("%+v: same site %t, want %t", c, got, c.want)
		}
	}
}

func TestClassifyPages(t *testing.T) {
	fetch := func(method, mode, dest string) policy.Request {
		return policy.Request{Method: method, Path: "/", Accept: chromeAccept, SecFetchMode: mode, SecFetchDest: dest}
	}
	checkClassify(t, []classifyCase{
		{"page in a browser", fetch("GET", "navigate", "document"), policy.CallerNavigation},
		{"page in a frame", fetch("GET", "navigate", "iframe"), policy.CallerNavigation},
		{"HEAD of a page", fetch("HEAD", "navigate", "document"), policy.CallerNavigation},
		{"object element", fetch("GET", "navigate", "object"), policy.CallerClient},
		{"embed element", fetch("GET", "navigate", "embed"), policy.CallerClient},
		{"fetch that accepts HTML", fetch("GET", "cors", "empty"), policy.CallerClient},
		{"script element", fetch("GET", "no-cors", "script"), policy.CallerClient},
		{"a navigation that accepts anything", policy.Request{Method: "GET", Path: "/", SecFetchMode: "navigate"}, policy.CallerNavigation},
		{"page in an old browser", get("/", chromeAccept), policy.CallerNavigation},
		{"HEAD in an old browser", policy.Request{Method: "HEAD", Path: "/", Accept: chromeAccept}, policy.CallerNavigation},
		{"PUT of a page", fetch("PUT", "navigate", "document"), policy.CallerClient},
		{"HTML is refused", get("/", "application/json, text/html;q=0"), policy.CallerClient},
		{"Java, which asks for HTML", javaGet("Java/17.0.15"), policy.CallerClient},
		{"Java, by another name as well", javaGet("report/2 Java/1.8.0_402"), policy.CallerClient},
		{"a browser in Java", javaGet("Mozilla/5.0 (X11) AppleWebKit/620.1 JavaFX/22 Safari/620.1"), policy.CallerNavigation},
		{"curl", get("/", "*/*"), policy.CallerClient},
		{"no header at all", get("/", ""), policy.CallerClient},
		{"nothing", policy.Request{}, policy.CallerClient},
	})
}

func TestClassifyForms(t *testing.T) {
	form := func(mode, accept, contentType string) policy.Request {
		return policy.Request{Method: "POST", Path: "/", SecFetchMode: mode, Accept: accept, ContentType: contentType}
	}
	checkClassify(t, []classifyCase{
		{"form", form("navigate", chromeAccept, formType), policy.CallerForm},
		{"form with a charset", form("navigate", chromeAccept, formType+"; charset=UTF-8"), policy.CallerForm},
		{"form with a file", form("navigate", chromeAccept, "multipart/form-data; boundary=x"), policy.CallerForm},
		{"form in plain text", form("navigate", chromeAccept, "Text/Plain"), policy.CallerForm},
		{"form in an old browser", form("", chromeAccept, formType), policy.CallerForm},
		{"form sent by a script", form("cors", chromeAccept, formType), policy.CallerClient},
		{"form sent by curl", form("", "*/*", formType), policy.CallerClient},
		{"JSON that accepts HTML", form("", chromeAccept, "application/json"), policy.CallerClient},
		{"no content type", form("navigate", chromeAccept, ""), policy.CallerClient},
		{"a form's type, by PUT", policy.Request{Method: "PUT", SecFetchMode: "navigate", ContentType: formType}, policy.CallerClient},
	})
}

func TestClassifyProtocols(t *testing.T) {
	preflight := policy.Request{Method: "OPTIONS", Path: "/", Origin: "https://b.example", PreflightMethod: "PUT"}
	noOrigin, noMethod, notOptions := preflight, preflight, preflight
	noOrigin.Origin, noMethod.PreflightMethod, notOptions.Method = "", "", "GET"
	upgrade := func(to string) policy.Request {
		return policy.Request{Method: "GET", Path: "/", Upgrade: to, Accept: "*/*"}
	}
	post := func(contentType string) policy.Request {
		return policy.Request{Method: "POST", Path: "/pkg.Service/Method", ContentType: contentType}
	}
	events := get("/", "text/event-stream")
	posted := events
	posted.Method = "POST"
	checkClassify(t, []classifyCase{
		{"preflight", preflight, policy.CallerPreflight},
		{"OPTIONS of no page", noOrigin, policy.CallerClient},
		{"OPTIONS of a page's script", noMethod, policy.CallerClient},
		{"GET with a preflight's header", notOptions, policy.CallerClient},
		{"WebSocket", upgrade("websocket"), policy.CallerSocket},
		{"WebSocket in other letters", upgrade("WebSocket"), policy.CallerSocket},
		{"HTTP/2 in clear text", upgrade("h2c"), policy.CallerClient},
		{"events", events, policy.CallerStream},
		{"events among others", get("/", "application/json, Text/Event-Stream;q=0.5"), policy.CallerStream},
		{"HEAD of events", policy.Request{Method: "HEAD", Path: "/", Accept: "text/event-stream"}, policy.CallerStream},
		{"events that answer a POST", posted, policy.CallerClient},
		{"events are refused", get("/", "text/event-stream;q=0, */*"), policy.CallerClient},
		{"gRPC", post("application/grpc"), policy.CallerGRPC},
		{"gRPC with a codec", post("application/grpc+proto"), policy.CallerGRPC},
		{"gRPC in other letters", post("Application/gRPC ;x=y"), policy.CallerGRPC},
		{"gRPC of browsers", post("application/grpc-web+proto"), policy.CallerGRPC},
		{"Connect", post("application/proto"), policy.CallerClient},
		{"JSON", post("application/json"), policy.CallerClient},
	})
}
