package policy

import "strings"

// Caller is the kind of a request, as far as it decides the answer.
type Caller string

// The kinds of callers. Those that never wake anything come first.
const (
	CallerHealthCheck Caller = "health_check" // the load balancer checks the waker itself
	CallerStatus      Caller = "status"       // asks how the service is
	CallerReserved    Caller = "reserved"     // any other path of catnap's own
	CallerProbe       Caller = "probe"        // tries a path on its own account: browsers for icons, scanners for holes
	CallerMonitor     Caller = "monitor"      // asks whether the service is up
	CallerCrawler     Caller = "crawler"      // crawlers, link previews, prefetching browsers: nobody waits
	CallerWake        Caller = "wake"         // the page's script asks to wake the service
	CallerClick       Caller = "click"        // a person asks to wake the service
	CallerNavigation  Caller = "navigation"   // a person opens a page in a browser
	CallerForm        Caller = "form"         // a person sends a form in a browser
	CallerPreflight   Caller = "preflight"    // a browser asks whether a script may send a request: CORS
	CallerStream      Caller = "stream"       // EventSource: an answer without an end
	CallerSocket      Caller = "socket"       // WebSocket: what only a connection of its own can carry
	CallerGRPC        Caller = "grpc"         // trailers, which a function can't send
	CallerClient      Caller = "client"       // everything else: fetch, API clients, curl
)

// Request is what of a request decides its answer. Fields are headers as they came, unless their comment says more.
type Request struct {
	Method, Path, Host string
	Click              bool // the query has the key "click"

	Accept, ContentType, Origin, Upgrade, UserAgent string

	SecFetchDest, SecFetchMode, SecFetchSite, SecPurpose string

	// PreflightMethod is the header Access-Control-Request-Method, RequestedWith is X-Requested-With.
	PreflightMethod, RequestedWith string
}

// Matcher is an expression that is matched against a whole text; *settings.Pattern is one.
type Matcher interface{ MatchString(s string) bool }

// Lists are the operator's own beside the built-in ones. The zero value adds nothing.
type Lists struct {
	IgnorePaths      []Matcher // answered 404, wake nothing
	IgnoreUserAgents []Matcher // answered like a monitor
	AllowPaths       []Matcher // no list applies: neither these nor the built-in ones
}

// The paths of catnap's own. They reach the waker in every phase.
const (
	StatusPath     = "/.catnap/status" // how the service is; wakes nothing
	WakePath       = "/.catnap/wake"   // POST: wake it
	reservedPrefix = "/.catnap/"
)

// Classify tells what kind of caller sends a request. What decides it comes in this order: catnap's own paths, the
// lists, what the protocol demands of the answer, and who waits for it.
func Classify(r Request, lists Lists) Caller {
	if own, ok := r.own(); ok {
		return own
	}
	if listed, ok := r.listed(lists); ok {
		return listed
	}
	switch {
	case strings.HasPrefix(mediaType(r.ContentType), "application/grpc"):
		return CallerGRPC
	case r.Method == "OPTIONS" && r.Origin != "" && r.PreflightMethod != "":
		return CallerPreflight
	case strings.EqualFold(r.Upgrade, "websocket"):
		return CallerSocket
	case r.reads() && Accepts(r.Accept, "text/event-stream"):
		return CallerStream
	case r.posts():
		return CallerForm
	case r.navigates():
		return CallerNavigation
	default:
		return CallerClient
	}
}

func (r Request) own() (Caller, bool) {
	switch {
	case r.Path == StatusPath:
		return CallerStatus, true
	case r.Path == WakePath && r.Method == "POST" && r.SameSite() && r.Click:
		return CallerClick, true
	case r.Path == WakePath && r.Method == "POST" && r.SameSite():
		return CallerWake, true
	case Reserved(r.Path):
		return CallerReserved, true
	case strings.HasPrefix(r.UserAgent, "ELB-HealthChecker/"):
		return CallerHealthCheck, true
	default:
		return "", false
	}
}

// Reserved tells whether a path is catnap's own.
func Reserved(path string) bool { return strings.HasPrefix(path, reservedPrefix) }

func (r Request) listed(lists Lists) (Caller, bool) {
	switch {
	case matches(lists.AllowPaths, r.Path):
		return "", false
	case matches(lists.IgnorePaths, r.Path) || knownPath(r.Path):
		return CallerProbe, true
	case matches(lists.IgnoreUserAgents, r.UserAgent):
		return CallerMonitor, true
	case strings.HasPrefix(strings.ToLower(r.SecPurpose), "prefetch"):
		return CallerCrawler, true
	default:
		return knownAgent(r.UserAgent)
	}
}

func matches(list []Matcher, text string) bool {
	for _, m := range list {
		if m.MatchString(text) {
			return true
		}
	}
	return false
}

// SameSite tells whether a request comes from a page of the host that it is sent to, or from no page at all. Browsers
// that send no fetch metadata send an Origin with every POST.
func (r Request) SameSite() bool {
	switch r.SecFetchSite {
	case "same-origin", "none":
		return true
	case "":
		_, host, _ := strings.Cut(r.Origin, "://")
		return r.Origin == "" || strings.EqualFold(host, r.Host)
	default:
		return false
	}
}

func (r Request) reads() bool { return r.Method == "GET" || r.Method == "HEAD" }

// navigates tells whether a browser shows the answer to a person.
func (r Request) navigates() bool { return r.reads() && r.shown() }

// posts tells whether a person sends a form: by a method that forms have, with a body that forms make.
func (r Request) posts() bool {
	return r.Method == "POST" && r.shown() && formTypes[mediaType(r.ContentType)]
}

// shown: fetch metadata is definite where there is any. Browsers that send none, as to a site without TLS, are known by
// an Accept header that names HTML. So do scripts that use XMLHttpRequest through a library, and Java's
// HttpURLConnection by default.
func (r Request) shown() bool {
	if r.SecFetchMode != "" {
		return r.SecFetchMode == "navigate" && r.SecFetchDest != "object" && r.SecFetchDest != "embed"
	}
	script := strings.EqualFold(r.RequestedWith, "XMLHttpRequest") || strings.Contains(r.UserAgent, "Java/")
	return Accepts(r.Accept, "text/html") && !script
}

var formTypes = map[string]bool{
	"application/x-www-form-urlencoded": true, "multipart/form-data": true, "text/plain": true,
}

// mediaType is a Content-Type without its parameters.
func mediaType(contentType string) string {
	essence, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(essence))
}

// Accepts tells whether an Accept header names a media type, or Accept-Encoding a coding, and does not refuse it: RFC
// 9110, section 12.5. A wildcard names nothing: every client's default has one.
func Accepts(header, wanted string) bool {
	for element := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(element, ";")
		if strings.EqualFold(strings.TrimSpace(name), wanted) {
			return !refused(parameters)
		}
	}
	return false
}

// refused tells whether the parameters of a media range have a weight of zero: q=0, or with up to three more zeros.
func refused(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		value = strings.TrimSpace(value)
		if strings.EqualFold(strings.TrimSpace(name), "q") && value != "" {
			return strings.Trim(value, "0.") == ""
		}
	}
	return false
}
