package doctor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/doctor"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	arns   = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:"
	group  = arns + "targetgroup/web/1"
	waker  = arns + "targetgroup/catnap-web/2"
	bypass = arns + "listener-rule/app/shop/1/2/3"
	wakers = arns + "listener-rule/app/shop/1/2/4"
	roles  = "arn:aws:iam::123456789012:role/"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// healthy are the facts of a deployment with which nothing is wrong.
func healthy() doctor.Facts {
	minimum := 0
	return doctor.Facts{
		Now: noon, Unread: make(map[doctor.Source]error), Prefix: "/catnap/web",
		Service: settings.Service{
			Name: "web", Cluster: "shop", Service: "shop-web", TargetGroup: group, LoadBalancer: "app/shop/1",
			WakerTargetGroup: waker, WakerRule: wakers, BypassRule: bypass, Managed: true,
		},
		ECS: doctor.ECS{Snapshot: policy.Snapshot{Found: true, Desired: 1, Healthy: 1}, TargetGroups: []string{group}},
		Group: doctor.Group{
			Type: "ip", LoadBalancer: arns + "loadbalancer/app/shop/1", HealthInterval: 10 * time.Second,
			DeregistrationDelay: 20 * time.Second, HealthChecked: true,
		},
		Waker: doctor.Group{Type: "lambda", MultiValueHeaders: true, Function: "arn:aws:lambda:::function:waker"},
		Rules: []doctor.Rule{
			{ARN: bypass, Priority: 1, TargetGroups: []string{group}, Headers: []string{"x-catnap-bypass"}},
			{ARN: wakers, Priority: 2, TargetGroups: []string{waker}, Patterns: []string{"/.catnap/*"}},
			{ARN: "own", Priority: doctor.Last, TargetGroups: []string{group}},
		},
		Minimum: &minimum,
		Schedule: &doctor.Schedule{
			Name: "catnap-web-reaper", Enabled: true, Expression: "rate(1 minute)", Role: roles + "clock",
		},
		Functions: functions(),
		Refused:   make(map[doctor.Part][]doctor.Refusal),
		Heartbeat: noon.Add(-2 * time.Minute), Billing: noon.Add(-5 * time.Hour),
		Budgeted: true, Budget: settings.Budget{Limit: 25, Currency: "EUR", Freeze: true},
	}
}

// functions are in order, and the load balancer may invoke the waker.
func functions() map[doctor.Part]*doctor.Function {
	all := make(map[doctor.Part]*doctor.Function)
	for part, name := range map[string]string{"waker": "waker", "reaper": "reaper", "cost guard": "costguard"} {
		all[doctor.Part(part)] = &doctor.Function{
			Found: true, Name: "catnap-web-" + name, Role: roles + name, State: "Active", Env: belowWeb(),
		}
	}
	all[doctor.Waker].Callers = []doctor.Caller{{
		Principal: "elasticloadbalancing.amazonaws.com", SourceAccount: "123456789012",
		SourceARN: arns + "targetgroup/catnap-web/*",
	}}
	return all
}

func belowWeb() map[string]string { return map[string]string{"CATNAP_PREFIX": "/catnap/web"} }

// refuse has a part's role not allow something.
func refuse(f *doctor.Facts, p doctor.Part, by string) {
	f.Refused[p] = append(f.Refused[p], doctor.Refusal{By: by, Need: doctor.Need{
		Part: p, Action: "ssm:PutParameter", Resource: "arn:wakes", Without: "starts are not remembered",
	}})
}

func TestHealthy(t *testing.T) {
	for _, f := range doctor.Diagnose(healthy()) {
		if f.Level != doctor.OK || f.Says == "" || f.Fix != "" || f.Check == "" {
			t.Errorf("%+v", f)
		}
	}
}

// TestDiagnose spoils one thing at a time. Each is found by the check of that name, told in words that name it, and
// has a fix.
func TestDiagnose(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(f *doctor.Facts)
		check string
		level doctor.Level
		says  string
	}{
		"no such service":  {func(f *doctor.Facts) { f.ECS.Found = false }, "ecs service", doctor.Problem, `"shop-web" in cluster "shop"`},
		"unmanaged":        {func(f *doctor.Facts) { f.Service.Managed = false }, "ecs service", doctor.Advice, "leaves it alone"},
		"another group":    {func(f *doctor.Facts) { f.ECS.TargetGroups = []string{"other"} }, "target group", doctor.Problem, group},
		"no group":         {func(f *doctor.Facts) { f.ECS.TargetGroups = nil }, "target group", doctor.Problem, group},
		"unused group":     {func(f *doctor.Facts) { f.Group.LoadBalancer = "" }, "load balancer", doctor.Problem, "not health-checked"},
		"dimension":        {func(f *doctor.Facts) { f.Service.LoadBalancer = "app/old/1" }, "load balancer", doctor.Problem, `"app/old/1"`},
		"slow checks":      {func(f *doctor.Facts) { f.Group.HealthInterval = 30 * time.Second }, "health check interval", doctor.Advice, "30s"},
		"slow drain":       {func(f *doctor.Facts) { f.Group.DeregistrationDelay = 5 * time.Minute }, "deregistration delay", doctor.Advice, "5m0s"},
		"sticky":           {func(f *doctor.Facts) { f.Group.Sticky = true }, "stickiness", doctor.Problem, "503"},
		"waker of ip":      {func(f *doctor.Facts) { f.Waker.Type = "ip" }, "waker target group", doctor.Problem, `"ip"`},
		"no function":      {func(f *doctor.Facts) { f.Waker.Function = "" }, "waker target group", doctor.Problem, "no function"},
		"single values":    {func(f *doctor.Facts) { f.Waker.MultiValueHeaders = false }, "waker target group", doctor.Problem, "multi-value"},
		"checked function": {func(f *doctor.Facts) { f.Waker.HealthChecked = true }, "waker target group", doctor.Advice, "invocation"},
		"no bypass":        {func(f *doctor.Facts) { f.Rules = f.Rules[1:] }, "bypass rule", doctor.Problem, bypass},
		"open bypass":      {func(f *doctor.Facts) { f.Rules[0].Headers = nil }, "bypass rule", doctor.Problem, "X-Catnap-Bypass"},
		"bypass elsewhere": {func(f *doctor.Facts) { f.Rules[0].TargetGroups = nil }, "bypass rule", doctor.Problem, "forwards to none"},
		"bypass login":     {func(f *doctor.Facts) { f.Rules[0].Authenticates = true }, "bypass rule", doctor.Problem, "authenticate"},
		"no waker rule":    {func(f *doctor.Facts) { f.Rules = slices.Delete(f.Rules, 1, 2) }, "waker rule", doctor.Problem, wakers},
		"waker elsewhere":  {func(f *doctor.Facts) { f.Rules[1].TargetGroups = []string{group} }, "waker rule", doctor.Problem, group},
		"waker login":      {func(f *doctor.Facts) { f.Rules[1].Authenticates = true }, "waker rule", doctor.Problem, "authenticate"},
		"no patterns":      {func(f *doctor.Facts) { f.Rules[1].Patterns = nil }, "waker rule", doctor.Problem, "path patterns"},
		"order":            {func(f *doctor.Facts) { f.Rules[0].Priority = 9 }, "rule order", doctor.Problem, "the waker rule (2) comes before the bypass rule (9)"},
		"order of none":    {func(f *doctor.Facts) { f.Rules = nil }, "rule order", doctor.Problem, "missing"},
		"rule in front": {
			func(f *doctor.Facts) {
				f.Rules[1].Priority = 8
				f.Rules = append(f.Rules, doctor.Rule{ARN: "front", Priority: 5, TargetGroups: []string{"a", group}})
			}, "rules in front", doctor.Problem, "priority 5",
		},
		"in front of none": {func(f *doctor.Facts) { f.Rules = nil }, "rules in front", doctor.Problem, "missing"},
		"no own rule":      {func(f *doctor.Facts) { f.Rules[2].TargetGroups = nil }, "service's own rule", doctor.Problem, "once awake"},
		"minimum":          {func(f *doctor.Facts) { *f.Minimum = 2 }, "scaling minimum", doctor.Problem, "2: "},
		"paused":           {func(f *doctor.Facts) { f.Schedule.Enabled = false }, "reaper schedule", doctor.Problem, "catnap-web-reaper is disabled"},
		"no schedule":      {func(f *doctor.Facts) { f.Schedule = nil }, "reaper schedule", doctor.Problem, "no schedule"},
		"no metrics":       {func(f *doctor.Facts) { f.Heartbeat = time.Time{} }, "metrics", doctor.Problem, "no data"},
		"late metrics":     {func(f *doctor.Facts) { f.Heartbeat = noon.Add(-12 * time.Minute) }, "metrics", doctor.Advice, "12m0s ago"},
		"no budget":        {func(f *doctor.Facts) { f.Budgeted = false }, "budget", doctor.Advice, "there is none"},
		"bad budget":       {func(f *doctor.Facts) { f.BudgetFault = errors.New("limit: x") }, "budget", doctor.Problem, "limit: x"},
		"no limit":         {func(f *doctor.Facts) { f.Budget.Limit = 0 }, "budget", doctor.Advice, "no limit"},
		"frozen": {func(f *doctor.Facts) {
			f.Freezes = []settings.InForce{{Freeze: settings.Freeze{Until: noon, By: "costguard", Reason: "26 of 25 EUR"}}}
		}, "freeze", doctor.Advice, "2026-03-02T12:00:00Z, by costguard: 26 of 25 EUR"},
		"no billing":     {func(f *doctor.Facts) { f.Billing = time.Time{} }, "billing metrics", doctor.Advice, "us-east-1"},
		"every hour":     {func(f *doctor.Facts) { f.Schedule.Expression = "rate(1 hour)" }, "reaper schedule", doctor.Advice, `"rate(1 hour)"`},
		"flexible":       {func(f *doctor.Facts) { f.Schedule.Flexible = true }, "reaper schedule", doctor.Advice, "flexible"},
		"waker is gone":  {func(f *doctor.Facts) { f.Functions[doctor.Waker] = &doctor.Function{Name: "w"} }, "waker function", doctor.Problem, "no function w: visitors"},
		"reaper is gone": {func(f *doctor.Facts) { f.Functions[doctor.Reaper] = &doctor.Function{Name: "r"} }, "reaper function", doctor.Problem, "no function r: nothing puts"},
		"failed": {func(f *doctor.Facts) {
			f.Functions[doctor.CostGuard].State = "Failed"
			f.Functions[doctor.CostGuard].Why = "no key"
		}, "cost guard function", doctor.Problem, "Failed (no key): nothing watches"},
		"inactive":        {func(f *doctor.Facts) { f.Functions[doctor.Reaper].State = "Inactive" }, "reaper function", doctor.Advice, "Inactive"},
		"stale":           {func(f *doctor.Facts) { f.Functions[doctor.Reaper].Stale = true }, "reaper function", doctor.Advice, "last update failed"},
		"another prefix":  {func(f *doctor.Facts) { f.Functions[doctor.Waker].Env = map[string]string{"CATNAP_PREFIX": "/nap"} }, "waker function", doctor.Problem, `is "/nap", and the settings are below "/catnap/web"`},
		"no prefix":       {func(f *doctor.Facts) { f.Functions[doctor.Waker].Env = nil }, "waker function", doctor.Problem, `is "/catnap"`},
		"halted":          {func(f *doctor.Facts) { f.Functions[doctor.Waker].Halted = true }, "waker concurrency", doctor.Problem, "0 is reserved"},
		"no callers":      {func(f *doctor.Facts) { f.Functions[doctor.Waker].Callers = nil }, "waker invocation", doctor.Problem, waker},
		"other principal": {func(f *doctor.Facts) { f.Functions[doctor.Waker].Callers[0].Principal = "sns.amazonaws.com" }, "waker invocation", doctor.Problem, waker},
		"other source":    {func(f *doctor.Facts) { f.Functions[doctor.Waker].Callers[0].SourceARN = arns + "targetgroup/catnap/*" }, "waker invocation", doctor.Problem, waker},
		"other account":   {func(f *doctor.Facts) { f.Functions[doctor.Waker].Callers[0].SourceAccount = "1" }, "waker invocation", doctor.Problem, waker},
		"waker may not":   {func(f *doctor.Facts) { refuse(f, doctor.Waker, "") }, "waker role", doctor.Problem, "may not ssm:PutParameter on arn:wakes: starts are not"},
		"guard is denied": {func(f *doctor.Facts) { refuse(f, doctor.CostGuard, "a policy of the organization") }, "cost guard role", doctor.Problem, "may not"},
		"clock may not":   {func(f *doctor.Facts) { refuse(f, doctor.Schedules, "") }, "schedule role", doctor.Problem, "may not"},
		"not allowed": {
			func(f *doctor.Facts) { f.Unread[doctor.FromScaling] = errors.New("describe: denied") },
			"scaling minimum", doctor.Unknown, "describe: denied",
		},
	} {
		t.Run(name, func(t *testing.T) {
			facts := healthy()
			test.spoil(&facts)
			all := doctor.Diagnose(facts)
			i := slices.IndexFunc(all, func(f doctor.Finding) bool { return f.Check == test.check })
			if i < 0 {
				t.Fatalf("no check %q", test.check)
			}
			if f := all[i]; f.Level != test.level || !strings.Contains(f.Says, test.says) || f.Fix == "" {
				t.Errorf("got %+v, want %s and %q", f, test.level, test.says)
			}
		})
	}
}

// TestNotWrong: what looks odd and is meant so.
func TestNotWrong(t *testing.T) {
	for name, spoil := range map[string]func(f *doctor.Facts){
		"asleep, and so without metrics": func(f *doctor.Facts) { f.Heartbeat, f.ECS.Healthy = time.Time{}, 0 },
		"awake for a moment":             func(f *doctor.Facts) { f.Heartbeat, f.ECS.Rule.Mark.Since = time.Time{}, noon.Add(-time.Minute) },
		"nothing scales it":              func(f *doctor.Facts) { f.Minimum = nil },
		"a rule in front for others": func(f *doctor.Facts) {
			f.Rules[1].Priority = 8
			f.Rules = append(f.Rules, doctor.Rule{ARN: "front", Priority: 5, TargetGroups: []string{"other"}})
		},
		"the EC2 rule between the two": func(f *doctor.Facts) {
			f.Service.EC2Rule, f.Rules[1].Priority = "ec2", 3
			f.Rules = append(f.Rules, doctor.Rule{ARN: "ec2", Priority: 2, TargetGroups: []string{group}})
		},
		"a waker that anything of the load balancer's may invoke": func(f *doctor.Facts) {
			f.Functions[doctor.Waker].Callers = []doctor.Caller{
				{Principal: "sns"}, {Principal: "elasticloadbalancing.amazonaws.com"},
			}
		},
		"an environment that can't be seen": func(f *doctor.Facts) {
			f.Functions[doctor.Reaper].Env, f.Functions[doctor.Reaper].Hidden = nil, true
		},
		"a schedule that may be listed only": func(f *doctor.Facts) { f.Schedule.Expression, f.Schedule.Role = "", "" },
		"the same as cron":                   func(f *doctor.Facts) { f.Schedule.Expression = "cron(* * * * ? *)" },
		"an own rule behind":                 func(f *doctor.Facts) { f.Rules[2].Priority = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			facts := healthy()
			spoil(&facts)
			for _, f := range doctor.Diagnose(facts) {
				if f.Level != doctor.OK {
					t.Errorf("got %+v", f)
				}
			}
		})
	}
}
