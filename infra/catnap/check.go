package catnap

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/settings"
)

// validation is asked by CDK when the tree is complete, and fails the synthesis with all that it returns.
type validation struct{ builder }

// Validate returns a line for every problem: where it is, what stands there, and what it must be.
func (v *validation) Validate() *[]*string {
	found := v.missing()
	if len(found) == 0 {
		found = append(v.unusable(), v.refusals(v.look())...)
	}
	return pointers(found)
}

func (b builder) missing() problems {
	var ps problems
	ps.check(b.Service != nil, "Service: is missing, must be the ECS service that sleeps")
	ps.check(b.TargetGroup != nil, "TargetGroup: is missing, must be the one that the service registers its tasks in")
	ps.check(b.Listener != nil, "Listener: is missing, must be the one that serves the application")
	return ps
}

// problems are lines for whoever writes the app.
type problems []string

func (ps *problems) check(ok bool, format string, args ...any) {
	if !ok {
		*ps = append(*ps, fmt.Sprintf(format, args...))
	}
}

// The patterns are those of template.yaml's parameters.
var (
	namePattern     = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,23}[a-zA-Z0-9])?$`)
	prefixPattern   = regexp.MustCompile(`^(/[a-zA-Z0-9_.-]+){1,5}$`)
	reservedPattern = regexp.MustCompile(`(?i)^/(aws|ssm)`)
	hostPattern     = regexp.MustCompile(`^[a-zA-Z0-9*?.-]{0,128}$`)
	levelPattern    = regexp.MustCompile(`^(DEBUG|INFO|WARN|ERROR)$`)
)

// unusable are the props that are wrong by themselves, whatever catnap stands beside.
func (b builder) unusable() problems {
	var ps problems
	ps.check(namePattern.MatchString(b.Name),
		"Name: %q must be 1 to 25 letters, digits and hyphens, without a hyphen at either end", b.Name)
	ps.check(prefixPattern.MatchString(b.Prefix), "Prefix: %q must be like /catnap or /team/catnap, without a slash at "+
		"the end",
		b.Prefix)
	ps.check(!reservedPattern.MatchString(b.Prefix), "Prefix: %q must not begin with /aws or /ssm, which AWS keeps for "+
		"itself",
		b.Prefix)
	ps.check(hostPattern.MatchString(b.HostHeader),
		"HostHeader: %q must be one host name of at most 128 characters; * and ? are wildcards", b.HostHeader)
	ps.check(levelPattern.MatchString(b.LogLevel), "LogLevel: %q must be DEBUG, INFO, WARN or ERROR", b.LogLevel)
	timeout := b.WakerTimeout
	ps.check(15*time.Second <= timeout && timeout <= 15*time.Minute && timeout%time.Second == 0,
		"WakerTimeout: %s must be 15s to 15m, in whole seconds", timeout)
	ps.check(0 <= b.MonthlyLimit && b.MonthlyLimit < 1_000_000, "MonthlyLimit: %d must be 0, for none, to 999999",
		b.MonthlyLimit)
	ps.check(0 <= b.WakerConcurrency && b.WakerConcurrency <= 1000, "WakerConcurrency: %d must be 0, for none, to 1000",
		b.WakerConcurrency)
	ps.check((b.EC2Rule == "") == (b.EC2TargetGroup == ""),
		"EC2Rule, EC2TargetGroup: one is given without the other, must be both or none")
	b.checkPriorities(&ps)
	b.checkRuleValues(&ps)
	b.checkSettings(&ps)
	b.checkBudget(&ps)
	b.checkDist(&ps)
	return ps
}

const lastPriority = 50000

func (b builder) checkPriorities(ps *problems) {
	ps.check(1 <= b.BypassPriority && b.BypassPriority < lastPriority, "BypassPriority: %d must be 1 to %d",
		b.BypassPriority, lastPriority-1)
	ps.check(b.BypassPriority < b.WakerPriority && b.WakerPriority <= lastPriority,
		"WakerPriority: %d must be more than BypassPriority, %d, and at most %d: armed, the waker rule would take the "+
			"waker's own requests", b.WakerPriority, b.BypassPriority, lastPriority)
}

// What a rule of an Application Load Balancer allows:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	ruleValues    = 5
	ruleWildcards = 6
)

// checkRuleValues counts what the settings cannot know: the host header, and both of catnap's own values.
func (b builder) checkRuleValues(ps *problems) {
	ps.check(len(b.Patterns) > 0, "Patterns: there is none, must be the paths of the application's traffic; leave it "+
		"nil for /*")
	values := b.ruleValues()
	if b.HostHeader != "" {
		values = append(values, b.HostHeader)
	}
	ps.check(len(values) <= ruleValues,
		"Patterns: %d patterns%s are too many: of a rule's %d values catnap takes two, %s and its mark; leave some out",
		len(b.Patterns), b.andHost(), ruleValues, catnapPatterns)
	wildcards := 0
	for _, value := range values {
		wildcards += strings.Count(value, "*") + strings.Count(value, "?")
	}
	ps.check(wildcards <= ruleWildcards,
		"Patterns: %d wildcards%s are too many: of a rule's %d catnap takes one, for %s; use fewer of * and ?",
		wildcards-1, b.andHost(), ruleWildcards, catnapPatterns)
}

func (b builder) andHost() string {
	if b.HostHeader == "" {
		return ""
	}
	return " with the HostHeader's"
}

// checkSettings lets the functions' own reader look at the document, with made-up ARNs where only AWS knows them.
func (b builder) checkSettings(ps *problems) {
	for _, key := range slices.Sorted(maps.Keys(b.Settings)) {
		prop, own := propOf[key]
		ps.check(!own, "Settings: %s is not one of them%s", key, orUse(prop))
	}
	text, err := b.document(b.madeUp())
	if err != nil {
		ps.check(false, "Settings: cannot be written as JSON: %s", err)
		return
	}
	_, err = settings.Parse("service", text)
	for _, problem := range linesOf(err) {
		problem = strings.TrimPrefix(problem, "settings of service service: ")
		// How many there may be depends on the host header, so checkRuleValues has counted.
		if !strings.HasPrefix(problem, "patterns: has ") {
			*ps = append(*ps, inProps(problem))
		}
	}
	ps.check(len(text) <= mostCharacters, "Settings: the document may become %d characters long, must be at most %d: an "+
		"SSM parameter holds no more", len(text), mostCharacters)
}

// checkBudget lets the cost guard's own reader look at the budget.
func (b builder) checkBudget(ps *problems) {
	_, given := b.Budget["limit"]
	ps.check(!given, "Budget: limit is not one of them, use the prop MonthlyLimit")
	text, err := b.budget()
	if err != nil {
		ps.check(false, "Budget: cannot be written as JSON: %s", err)
		return
	}
	_, _, err = settings.ParseBudget(text)
	for _, problem := range linesOf(err) {
		problem = strings.TrimPrefix(problem, "budget: ")
		if !strings.HasPrefix(problem, "limit: ") { // the prop's own check has said so
			*ps = append(*ps, "Budget: "+problem)
		}
	}
	ps.check(len(text) <= mostCharacters, "Budget: the document is %d characters long, must be at most %d: an SSM "+
		"parameter holds no more", len(text), mostCharacters)
}

// mostCharacters is what a standard parameter of SSM holds.
const mostCharacters = 4096

// propOf are the settings that have a prop, or that catnap fills in from what it stands beside.
var propOf = map[string]string{
	"cluster": "Service", "service": "Service", "target_group": "TargetGroup", "load_balancer": "Listener",
	"waker_target_group": "", "waker_rule": "", "bypass_rule": "",
	"bypass": "Bypass", "bypass_url": "BypassURL", "probe_path": "ProbePath", "patterns": "Patterns",
	"wake_count": "WakeCount", "idle_after": "IdleAfter", "wake": "Wake", "wakes_per_hour": "WakesPerHour",
	"operator_token_sha256": "OperatorTokenSHA256", "ec2_rule": "EC2Rule", "ec2_target_group": "EC2TargetGroup",
}

func orUse(prop string) string {
	if prop == "" {
		return ": catnap fills it in"
	}
	return ", use the prop " + prop
}

// inProps gives a problem of the settings the name that the prop has.
func inProps(problem string) string {
	key := settingKey.FindString(problem)
	if prop := propOf[key]; prop != "" {
		return prop + strings.TrimPrefix(problem, key)
	}
	return "Settings: " + problem
}

var settingKey = regexp.MustCompile(`^\w+`)

func linesOf(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// madeUp are references and a target as long as AWS makes them, so that the document's length is that of the real one
// at the least. The EC2 side is left out: it is nothing that the functions look at.
func (b builder) madeUp() (references, target) {
	const arn = "arn:aws-us-gov:elasticloadbalancing:ap-southeast-1:123456789012:"
	name, id := strings.Repeat("n", 32), strings.Repeat("0", 16)
	group := func(name string) string { return arn + "targetgroup/" + name + "/" + id }
	rule := func(last string) string { return arn + "listener-rule/app/" + name + "/" + id + "/" + id + "/" + last }
	t := target{
		cluster: "cluster", service: "service", group: group(name), loadBalancer: "app/" + name + "/" + id,
		bypassURL: b.bypassURL(),
	}
	if b.BypassURL == "" && t.bypassURL != "" {
		t.bypassURL = "https://" + name + "-1234567890.ap-southeast-1.elb.amazonaws.com:65535"
	}
	return references{group: group("waker"), waker: rule(id), bypass: rule(strings.Repeat("1", 16))}, t
}

// checkDist says what is missing, and how to make it. More than that it is there is not looked at.
func (b builder) checkDist(ps *problems) {
	for _, name := range functionNames {
		file := bootstrap(filepath.Join(b.Dist, name))
		found, err := os.Stat(file)
		ps.check(err == nil && found.Mode().IsRegular() && found.Size() > 0,
			"Dist: there is no function in %s: run `make build` at catnap's root, and let Dist be the folder that it "+
				"wrote", file)
	}
}
