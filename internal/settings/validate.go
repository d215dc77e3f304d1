package settings

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

// Validate reports everything that is wrong with the settings, one line a problem. It asks AWS nothing.
func (s Service) Validate() error { return s.problems().err(s.document()) }

func (s Service) problems() problems {
	var ps problems
	ps.check(names.MatchString(s.Name), "name", quote(s.Name),
		"must be 1 to 64 letters, digits, dots, underscores and hyphens")
	s.checkResources(&ps)
	s.checkEC2(&ps)
	s.checkBypass(&ps)
	checkPatterns(&ps, s.Patterns)
	s.checkNumbers(&ps)
	s.checkCallers(&ps)
	if err := page.CheckBrand(s.Page); err != nil {
		ps.add("page", "", err.Error())
	}
	if s.Schedule != nil {
		s.Schedule.check(&ps)
	}
	checkSignals(&ps, s.Signals)
	return ps
}

// The shapes leave partition, region and the form of an id open: AWS has changed them before.
var (
	targetGroupARN = regexp.MustCompile(`^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:` +
		`targetgroup/[a-zA-Z0-9-]+/[a-zA-Z0-9]+$`)
	ruleARN = regexp.MustCompile(`^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:` +
		`listener-rule/app/[a-zA-Z0-9-]+/[a-zA-Z0-9]+/[a-zA-Z0-9]+/[a-zA-Z0-9]+$`)
	loadBalancerDimension = regexp.MustCompile(`^app/[a-zA-Z0-9-]+/[a-zA-Z0-9]+$`)
)

const (
	wantTargetGroup = "must be a target group's ARN, " +
		"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>"
	wantRule = "must be a listener rule's ARN, " +
		"arn:aws:elasticloadbalancing:<region>:<account>:listener-rule/app/<name>/<id>/<id>/<id>"
	wantLoadBalancer = "must be the load balancer's CloudWatch dimension, app/<name>/<id>"
)

func (s Service) checkResources(ps *problems) {
	ps.check(s.Cluster != "", "cluster", given(s.Cluster), "must be the ECS cluster's name or ARN")
	ps.check(s.Service != "", "service", given(s.Service), "must be the ECS service's name or ARN")
	ps.check(targetGroupARN.MatchString(s.TargetGroup), "target_group", given(s.TargetGroup), wantTargetGroup)
	ps.check(loadBalancerDimension.MatchString(s.LoadBalancer), "load_balancer", given(s.LoadBalancer), wantLoadBalancer)
	if ps.check(targetGroupARN.MatchString(s.WakerTargetGroup),
		"waker_target_group", given(s.WakerTargetGroup), wantTargetGroup) {
		ps.check(s.WakerTargetGroup != s.TargetGroup, "waker_target_group", quote(s.WakerTargetGroup),
			"must differ from target_group: the one has the function, the other the tasks")
	}
	ps.check(ruleARN.MatchString(s.WakerRule), "waker_rule", given(s.WakerRule), wantRule)
	if ps.check(ruleARN.MatchString(s.BypassRule), "bypass_rule", given(s.BypassRule), wantRule) {
		ps.check(s.BypassRule != s.WakerRule, "bypass_rule", quote(s.BypassRule),
			"must differ from waker_rule: the waker rule is switched, the bypass rule never")
	}
}

func (s Service) checkEC2(ps *problems) {
	if s.EC2Rule == "" && s.EC2TargetGroup == "" {
		return
	}
	if ps.check(ruleARN.MatchString(s.EC2Rule), "ec2_rule", given(s.EC2Rule), wantRule) {
		ps.check(s.EC2Rule != s.WakerRule && s.EC2Rule != s.BypassRule, "ec2_rule", quote(s.EC2Rule),
			"must differ from waker_rule and bypass_rule: it forwards to EC2")
	}
	if ps.check(targetGroupARN.MatchString(s.EC2TargetGroup),
		"ec2_target_group", given(s.EC2TargetGroup), wantTargetGroup) {
		ps.check(s.EC2TargetGroup != s.TargetGroup && s.EC2TargetGroup != s.WakerTargetGroup,
			"ec2_target_group", quote(s.EC2TargetGroup),
			"must differ from target_group and waker_target_group: it has the EC2 instances")
	}
}

func (s Service) checkBypass(ps *problems) {
	switch s.Bypass {
	case BypassLoadBalancer:
		ps.check(isOrigin(s.BypassURL), "bypass_url", given(withoutPassword(s.BypassURL)),
			`must be http or https, a host and perhaps a port, like "https://my-alb-123.eu-west-3.elb.amazonaws.com"`)
	case BypassOff:
		ps.check(s.BypassURL == "", "bypass_url", quote(withoutPassword(s.BypassURL)), "must be left out: bypass is off")
	default:
		ps.add("bypass", quote(string(s.Bypass)), `must be "load_balancer" or "off"`)
	}
	_, err := url.ParseRequestURI(s.ProbePath)
	ps.check(err == nil && strings.HasPrefix(s.ProbePath, "/"), "probe_path", given(s.ProbePath), `must begin with "/"`)
}

func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		!strings.HasSuffix(u.Host, ":") && u.Scheme+"://"+u.Host == text
}

// withoutPassword keeps one out of the log when somebody wrote it into the URL.
func withoutPassword(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		return u.Redacted()
	}
	return text
}

func (s Service) checkNumbers(ps *problems) {
	ps.check(1 <= s.WakeCount && s.WakeCount <= 10, "wake_count", strconv.Itoa(s.WakeCount), "must be 1 to 10")
	if ps.within("idle_after", s.IdleAfter, 2*time.Minute, 12*time.Hour) {
		ps.check(s.DrowsyAfter < s.IdleAfter, "drowsy_after", quote(s.DrowsyAfter.String()),
			"must be less than idle_after, "+s.IdleAfter.String())
	}
	ps.check(s.DrowsyAfter >= Duration(30*time.Second), "drowsy_after", quote(s.DrowsyAfter.String()),
		"must be at least 30s")
	ps.check(0 < s.MetricLag && s.MetricLag <= Duration(15*time.Minute), "metric_lag", quote(s.MetricLag.String()),
		"must be more than 0s and at most 15m")
	ps.within("settle", s.Settle, time.Second, 5*time.Minute)
	ps.within("heal_after", s.HealAfter, 10*time.Second, time.Hour)
	ps.within("wake_timeout", s.WakeTimeout, 30*time.Second, time.Hour)
	// Lambda ends an invocation after 15 minutes; the last one is for passing the request on.
	ps.within("hold", s.Hold, 0, 14*time.Minute)
}

func (ps *problems) within(path string, d Duration, least, most time.Duration) bool {
	return ps.check(Duration(least) <= d && d <= Duration(most), path, quote(d.String()),
		"must be "+Duration(least).String()+" to "+Duration(most).String())
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s Service) checkCallers(ps *problems) {
	switch s.Wake {
	case policy.WakeAlways, policy.WakeNavigation, policy.WakeJavaScript:
	default:
		ps.add("wake", quote(string(s.Wake)), `must be "always", "navigation" or "javascript"`)
	}
	ps.check(0 <= s.WakesPerHour && s.WakesPerHour <= mostWakes, "wakes_per_hour", strconv.Itoa(s.WakesPerHour),
		"must be 0, for no limit, to "+strconv.Itoa(mostWakes))
	checkStatus(ps, "monitor_status", s.MonitorStatus)
	checkStatus(ps, "crawler_status", s.CrawlerStatus)
	if s.OperatorTokenSHA256 != "" { // the value is not shown: it may be the token itself, put here by mistake
		ps.check(sha256Hex.MatchString(s.OperatorTokenSHA256), "operator_token_sha256", "",
			"must be the SHA-256 of the token as 64 lower-case hexadecimal digits")
	}
}

func checkStatus(ps *problems, path string, status int) {
	ok := status == http.StatusOK || status == http.StatusServiceUnavailable
	ps.check(ok, path, strconv.Itoa(status), "must be 200 or 503")
}
