// Package settings is what SSM's Parameter Store holds for catnap: the services with their settings, pins and freezes,
// the budget, and what people and the cost guard have told each other. It reads them, checks them and keeps them for a
// moment.
//
// It writes single parameters, each a document of its own, when it is told to, and never a service's settings or the
// budget: a stack or a person owns those. It does not ask AWS whether what the settings name exists, and decides
// nothing: package policy does, from what Service.Policy returns.
package settings

import (
	"time"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

// Service is the settings of one managed service, as SSM keeps them: JSON under /catnap/services/<name>.
// Every duration is written like "5m" or "2m30s".
type Service struct {
	// Name is the last part of the parameter's name; it is not part of the JSON.
	Name string `json:"-"`

	// Cluster is the ECS cluster's name or ARN. Required.
	Cluster string `json:"cluster"`
	// Service is the ECS service's name or ARN. Required.
	Service string `json:"service"`
	// TargetGroup is the ARN of the service target group. Required.
	TargetGroup string `json:"target_group"`
	// LoadBalancer is the CloudWatch dimension of the load balancer, "app/<name>/<id>". Required.
	LoadBalancer string `json:"load_balancer"`
	// WakerTargetGroup is the ARN of the waker target group: one waker function may serve many services and tells
	// them apart by it. Required.
	WakerTargetGroup string `json:"waker_target_group"`
	// WakerRule is the ARN of the waker rule. Required.
	WakerRule string `json:"waker_rule"`
	// BypassRule is the ARN of the bypass rule, which carries the secret header. Required.
	BypassRule string `json:"bypass_rule"`
	// Bypass is how the waker reaches the application: "load_balancer" or "off". Off is for a load balancer that the
	// function may not reach: nothing is held or passed on, a healthy target is enough to hand over, and clients are told
	// to come back. Default "load_balancer".
	Bypass Bypass `json:"bypass"`
	// BypassURL is where the waker reaches the load balancer: scheme, host and optional port, for instance
	// "https://my-alb-123.eu-west-3.elb.amazonaws.com". The request keeps its own host name, and TLS is verified for that
	// one. Required, unless Bypass is off.
	BypassURL string `json:"bypass_url,omitempty"`
	// ProbePath is requested once through the bypass before a visitor is let through; the health check's path is a
	// good choice. Default "/".
	ProbePath string `json:"probe_path"`

	// Patterns are the path patterns of the service's traffic that the armed waker rule matches. Default ["/*"].
	// An ALB rule holds five values and catnap's mark takes one; patterns other than "/*" need one for /.catnap/*.
	Patterns []string `json:"patterns"`
	// Managed false makes catnap leave the service alone. Default true.
	Managed bool `json:"managed"`
	// WakeCount is the desired count of the awake service. Default 1.
	WakeCount int `json:"wake_count"`
	// IdleAfter is how long a service is quiet before it is stopped. Default 5m, 2m to 12h.
	IdleAfter Duration `json:"idle_after"`
	// DrowsyAfter is how long it is quiet before the waker rule is armed. Default half of IdleAfter, at least 1m.
	DrowsyAfter Duration `json:"drowsy_after"`
	// MetricLag is how late CloudWatch's one-minute metrics are at the least. Default 1m.
	MetricLag Duration `json:"metric_lag"`
	// Settle is how long a changed listener rule may take to reach every node of the load balancer. Default 30s.
	Settle Duration `json:"settle"`
	// HealAfter is how long a disarmed service may be without a healthy target before the waker rule is armed
	// so that visitors meet the waiting page and not an error. Default 1m.
	HealAfter Duration `json:"heal_after"`
	// WakeTimeout is how long a wake may take. Default 5m.
	WakeTimeout Duration `json:"wake_timeout"`
	// Hold is how long a request that is not a browser's navigation is held. Default 55s.
	Hold Duration `json:"hold"`

	// Wake says who wakes the service. "always": every request for which somebody waits. "navigation": people in
	// browsers only, by opening a page or sending a form; other clients are told that it sleeps. "javascript": only the
	// waiting page's script, so that no robot that fetches HTML ever does. Default "always".
	Wake policy.WakeMode `json:"wake"`
	// WakesPerHour is how often visitors may wake the service in an hour; after that the page asks for a click. 0 means
	// no limit. Default 10, at most 20.
	WakesPerHour int `json:"wakes_per_hour"`
	// IgnorePaths are answered 404 and wake nothing, in addition to the built-in list (internal/policy/known.go).
	// An expression must match the whole path, without the query: "/metrics" is that path alone, "/internal/.*" is
	// everything below. Default none.
	IgnorePaths []Expression `json:"ignore_paths,omitzero"`
	// IgnoreUserAgents are answered like a monitor and wake nothing, in addition to the built-in list. An expression must
	// match the whole header: "(?i).*ourprobe.*" finds a word in it. Default none.
	IgnoreUserAgents []Expression `json:"ignore_user_agents,omitzero"`
	// AllowPaths are exempt from every list, the built-in ones and the two above. Default none.
	AllowPaths []Expression `json:"allow_paths,omitzero"`
	// MonitorStatus is what monitors are told while the service sleeps: 200 or 503. Default 200.
	MonitorStatus int `json:"monitor_status"`
	// CrawlerStatus is what crawlers and link previews are told: 503, which lets a search engine keep what it knows, or
	// 200. Default 503.
	CrawlerStatus int `json:"crawler_status"`
	// OperatorTokenSHA256 is the SHA-256 of the operator's token in hex. Whoever sends the token to the status is told
	// why a start failed: "Authorization: Bearer <token>". Default none: nobody is told.
	OperatorTokenSHA256 string `json:"operator_token_sha256,omitempty"`
	// Page is how the waiting page looks. Default: catnap's own look, and the service's name.
	Page page.Brand `json:"page,omitzero"`

	// Schedule are windows in which the service is kept awake. Default none.
	Schedule *Schedule `json:"schedule,omitzero"`
	// Pin keeps the service awake until this time (RFC 3339). Default none. See also Pinned.
	Pin time.Time `json:"pin,omitzero"`
	// Signals are metrics beside RequestCount that keep a service awake: open WebSockets, for instance, produce no
	// requests. Default none.
	Signals []Signal `json:"signals,omitzero"`

	// EC2Rule is the ARN of a listener rule in front of the waker rule that forwards to EC2TargetGroup: while it matches
	// the service's traffic, that goes to EC2 and not to ECS. Only the command line reads and switches it; the functions
	// do not look at it. Default none; both or none.
	EC2Rule string `json:"ec2_rule,omitempty"`
	// EC2TargetGroup is the ARN of the target group with the EC2 instances.
	EC2TargetGroup string `json:"ec2_target_group,omitempty"`

	// Wakes are the last ones, from the parameter /catnap/services/<name>/wakes. The functions write it.
	Wakes []policy.Wake `json:"-"`
	// Pinned is like Pin, from the parameter /catnap/services/<name>/pin: {"until": "2026-01-31T18:00:00Z"}, or {} for no
	// pin. The command line writes it. The later of the two counts.
	Pinned time.Time `json:"-"`
	// Freeze is this service's own, from the parameter /catnap/services/<name>/freeze. The cost guard and the command line
	// write it. See FrozenUntil.
	Freeze Freeze `json:"-"`
	// Template is the operator's own waiting page, from the parameter /catnap/services/<name>/page: an HTML template,
	// compressed by gzip and written as base64. Empty means catnap's own page.
	Template string `json:"-"`
}

// Bypass is how the waker reaches the application.
type Bypass string

// The ways.
const (
	BypassLoadBalancer Bypass = "load_balancer"
	BypassOff          Bypass = "off"
)

// Schedule is weekly windows in a time zone.
type Schedule struct {
	// TimeZone is an IANA name like "Europe/Paris". Required.
	TimeZone string `json:"time_zone"`
	// Windows must not be empty.
	Windows []Window `json:"windows"`
}

// Window is one weekly window, for instance {"days": ["mon", "tue"], "from": "08:00", "to": "19:00"}.
// One that ends at or before its start ends on the next day.
type Window struct {
	Days []string `json:"days"`
	From string   `json:"from"`
	To   string   `json:"to"` // "24:00" is midnight at the day's end
}

// Signal is a one-minute CloudWatch metric; a minute with a value above Above counts as activity.
type Signal struct {
	Namespace  string            `json:"namespace"`
	Metric     string            `json:"metric"`
	Dimensions map[string]string `json:"dimensions,omitzero"`
	// Statistic is Sum, Maximum, Average, Minimum or SampleCount. Default Sum.
	Statistic string  `json:"statistic"`
	Above     float64 `json:"above"`
}
