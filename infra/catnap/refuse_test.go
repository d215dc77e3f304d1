package catnap_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/catnap"
)

// refusal is a mistake, and what is said about it: the beginnings of the lines.
type refusal struct {
	plan func(*plan) // nil: good as it is
	site func(site)  // nil: the default action forwards to the service
	want []string
}

func props(set func(*catnap.Props)) func(site) {
	return func(s site) {
		s.forward()
		set(s.props)
	}
}

var refusals = map[string]refusal{
	// What is right is taken.
	"Right":         {},
	"RightInARule":  {site: func(s site) { s.notFound(); s.rule(100, s.toService()) }},
	"RightOff":      {plan: func(p *plan) { p.internal = true }, site: props(func(p *catnap.Props) { p.Bypass = catnap.BypassOff })},
	"RightBetween":  {site: func(s site) { s.forward(); s.rule(2, fixed()); s.props.WakerPriority = 3 }},
	"RightScaling":  {site: func(s site) { s.forward(); s.scale(0) }},
	"RightPatterns": {site: props(func(p *catnap.Props) { p.Patterns = []string{"/a/*", "/b/*", "/c???"} }), want: nil},
	"RightSignIn": {site: func(s site) { // for another host, on the same listener
		s.forward()
		s.rule(1, s.elsewhere(), elb.ListenerCondition_HostHeaders(&[]*string{new("admin.example.com")}))
		s.props.BypassPriority, s.props.HostHeader = 10, "www.example.com"
	}},
	"RightOtherListener": {site: func(s site) { // whose rules are none of catnap's business
		s.forward()
		other := s.balancer.AddListener(new("Other"), &elb.BaseApplicationListenerProps{
			Port: new(8080.0), Protocol: elb.ApplicationProtocol_HTTP, DefaultAction: fixed(),
		})
		other.AddAction(new("Same"), &elb.AddApplicationActionProps{
			Priority: new(1.0), Action: s.signIn(),
			Conditions: &[]elb.ListenerCondition{elb.ListenerCondition_PathPatterns(&[]*string{new("/a/*")})},
		})
	}},
	"RightSettings": {site: props(func(p *catnap.Props) {
		p.Settings = map[string]any{"hold": "20s", "page": map[string]any{"name": "Shop"}}
		p.MonthlyLimit, p.Budget = 25, map[string]any{"currency": "EUR", "rate": 1.08}
	})},

	// The service.
	"DesiredCount": {plan: func(p *plan) { p.desired = new(1.0) }, want: []string{
		"Service: DesiredCount is 1, must be left out: each update of the stack would set it, and wake a service that sleeps",
	}},
	"DesiredCountOfNone": {plan: func(p *plan) { p.desired = new(0.0) }, want: []string{"Service: DesiredCount is 0, " +
		"must be left out"}},
	"Minimum": {site: func(s site) { s.forward(); s.scale(1) }, want: []string{"Service: auto scaling keeps at least 1 " +
		"tasks, must be 0"}},
	"MinimumElsewhere": {site: func(s site) { s.forward(); s.scaleElsewhere() }, want: []string{
		"Service: auto scaling keeps at least 2 tasks, must be 0",
	}},
	"CodeDeploy": {
		plan: func(p *plan) {
			p.control = &awsecs.DeploymentController{Type: awsecs.DeploymentControllerType_CODE_DEPLOY}
		},
		want: []string{"Service: DeploymentController is CODE_DEPLOY, must be ECS"},
	},
	"BlueGreen": {plan: func(p *plan) { p.strategy = awsecs.DeploymentStrategy_BLUE_GREEN }, want: []string{
		"Service: DeploymentStrategy is BLUE_GREEN, must be ROLLING",
	}},

	// The target group.
	"Interval": {plan: func(p *plan) { p.group.HealthCheck.Interval = awscdk.Duration_Seconds(new(16.0)) }, want: []string{
		"TargetGroup: the health checks' interval is 16 s, must be at most 15 s: a cold start waits for one that passes",
	}},
	"NoInterval": {plan: func(p *plan) { p.group.HealthCheck = nil }, want: []string{
		"TargetGroup: the health checks' interval is not set, and AWS takes 30 s, must be at most 15 s",
	}},
	"Delay": {plan: func(p *plan) { p.group.DeregistrationDelay = awscdk.Duration_Seconds(new(31.0)) }, want: []string{
		"TargetGroup: the deregistration delay is 31 s, must be at most 30 s: a task that stops is billed while it drains",
	}},
	"NoDelay": {plan: func(p *plan) { p.group.DeregistrationDelay = nil }, want: []string{
		"TargetGroup: the deregistration delay is 300 s, must be at most 30 s",
	}},
	"Sticky": {plan: func(p *plan) { p.group.StickinessCookieDuration = awscdk.Duration_Hours(new(1.0)) }, want: []string{
		"TargetGroup: it is sticky, must not be: a sticky client is sent to a task that has gone, and gets 503",
	}},

	// The listener.
	"Internal": {plan: func(p *plan) { p.internal = true }, want: []string{
		"Bypass: the load balancer is internal, and the waker comes from outside: set Bypass to BypassOff, or make the " +
			"load balancer internet-facing",
	}},
	"SignIn": {site: func(s site) {
		s.listener.AddAction(new("Default"), &elb.AddApplicationActionProps{Action: s.signIn()})
	}, want: []string{
		"Listener: the listener's default action authenticates before it forwards to the service: catnap's rules come " +
			"before it and pass visitors on without; authenticate in the application",
	}},
	"SignInRule": {site: func(s site) { s.notFound(); s.rule(100, s.signIn()) }, want: []string{
		"Listener: the rule SignInRule/Balancer/Listener/Rule100Rule/Resource authenticates before it forwards to the " +
			"service",
	}},
	"SignInInFront": {site: func(s site) {
		s.forward()
		s.rule(5, s.elsewhere())
		s.props.BypassPriority = 10
	}, want: []string{
		"Listener: the rule SignInInFront/Balancer/Listener/Rule5Rule/Resource authenticates in front of catnap: the " +
			"waker's own requests would be sent to the sign-in page; give it a priority of more than 11, or a host that is " +
			"not the application's",
	}},
	"SignInInFrontForHost": {site: func(s site) {
		s.forward()
		s.rule(5, s.elsewhere(), elb.ListenerCondition_HostHeaders(&[]*string{new("*.Example.com")}))
		s.props.BypassPriority, s.props.HostHeader = 10, "www.example.com"
	}, want: []string{"Listener: the rule SignInInFrontForHost/Balancer/Listener/Rule5Rule/Resource authenticates in " +
		"front of catnap"}},
	"StickyForward": {site: func(s site) {
		s.listener.AddAction(new("Default"), &elb.AddApplicationActionProps{Action: elb.ListenerAction_Forward(
			&[]elb.IApplicationTargetGroup{s.group}, &elb.ForwardOptions{StickinessDuration: awscdk.Duration_Hours(new(1.0))},
		)})
	}, want: []string{"Listener: the listener's default action is sticky, must not be"}},
	"Unreachable": {site: func(s site) { s.notFound() }, want: []string{
		"Listener: neither its default action nor a rule of it forwards to TargetGroup: nobody would reach the service " +
			"when it is awake",
	}},
	"TakenByBypass": {site: func(s site) { s.forward(); s.rule(1, fixed()) }, want: []string{
		"BypassPriority: 1 is that of the rule TakenByBypass/Balancer/Listener/Rule1Rule/Resource too, must be a free one",
	}},
	"TakenByWaker": {site: func(s site) { s.forward(); s.rule(2, fixed()) }, want: []string{
		"WakerPriority: 2 is that of the rule TakenByWaker/Balancer/Listener/Rule2Rule/Resource too, must be a free one",
	}},
	"Two": {site: func(s site) {
		s.forward()
		other := *s.props
		other.Name, other.HostHeader = "api", "api.example.com"
		catnap.NewScaleToZero(s.stack, "Other", &other)
	}, want: []string{
		"BypassPriority: 1 is that of the rule Two/Other/BypassRule too", "WakerPriority: 2 is behind the rule " +
			"Two/Other/BypassRule",
		"WakerPriority: 2 is that of the rule Two/Other/WakerRule too",
	}},
	"TooLate": {site: func(s site) { s.notFound(); s.rule(5, s.toService()); s.props.BypassPriority = 10 }, want: []string{
		"WakerPriority: 11 is behind the rule TooLate/Balancer/Listener/Rule5Rule/Resource, which forwards to the service: " +
			"it must be in front, less than 5, or that rule's priority more than 11",
	}},

	// The props by themselves.
	"NoName": {site: props(func(p *catnap.Props) { p.Name = "" }), want: []string{
		`Name: "" must be 1 to 25 letters, digits and hyphens, without a hyphen at either end`,
	}},
	"LongName": {site: props(func(p *catnap.Props) { p.Name = strings.Repeat("a", 26) }), want: []string{`Name: "aaaaaaaaaaaaaaaaaaaaaaaaaa" must`}},
	"Hyphen":   {site: props(func(p *catnap.Props) { p.Name = "web-" }), want: []string{`Name: "web-" must`}},
	"Prefix": {site: props(func(p *catnap.Props) { p.Prefix = "catnap/" }), want: []string{
		`Prefix: "catnap/" must be like /catnap or /team/catnap, without a slash at the end`,
	}},
	"PrefixOfAWS": {site: props(func(p *catnap.Props) { p.Prefix = "/AWS-catnap" }), want: []string{
		`Prefix: "/AWS-catnap" must not begin with /aws or /ssm, which AWS keeps for itself`,
	}},
	"Host":  {site: props(func(p *catnap.Props) { p.HostHeader = "a,b" }), want: []string{`HostHeader: "a,b" must be one host name`}},
	"Level": {site: props(func(p *catnap.Props) { p.LogLevel = "info" }), want: []string{`LogLevel: "info" must be DEBUG, INFO, WARN or ERROR`}},
	"Timeout": {site: props(func(p *catnap.Props) { p.WakerTimeout = 14 * time.Second }), want: []string{
		"WakerTimeout: 14s must be 15s to 15m, in whole seconds",
	}},
	"TimeoutOfHalves": {site: props(func(p *catnap.Props) { p.WakerTimeout = 30500 * time.Millisecond }), want: []string{"WakerTimeout: 30.5s must"}},
	"Limit":           {site: props(func(p *catnap.Props) { p.MonthlyLimit = -1 }), want: []string{"MonthlyLimit: -1 must be 0, for none, to 999999"}},
	"Concurrency":     {site: props(func(p *catnap.Props) { p.WakerConcurrency = -1 }), want: []string{"WakerConcurrency: -1 must be 0, for none, to 1000"}},
	"Order": {site: props(func(p *catnap.Props) { p.BypassPriority, p.WakerPriority = 3, 2 }), want: []string{
		"WakerPriority: 2 must be more than BypassPriority, 3, and at most 50000: armed, the waker rule would take the " +
			"waker's own requests",
	}},
	"SamePriority": {site: props(func(p *catnap.Props) { p.WakerPriority = 1 }), want: []string{"WakerPriority: 1 must " +
		"be more than BypassPriority, 1"}},
	"Priority": {site: props(func(p *catnap.Props) { p.BypassPriority = 50000 }), want: []string{
		"BypassPriority: 50000 must be 1 to 49999", "WakerPriority: 50001 must be",
	}},
	"Values": {site: props(func(p *catnap.Props) { p.Patterns = []string{"/*", "/b", "/c", "/d"} }), want: []string{
		"Patterns: 4 patterns are too many: of a rule's 5 values catnap takes two, /.catnap/* and its mark; leave some out",
	}},
	"ValuesAndHost": {
		site: props(func(p *catnap.Props) { p.Patterns, p.HostHeader = []string{"/a", "/b", "/c"}, "a.b" }),
		want: []string{
			"Patterns: 3 patterns with the HostHeader's are too many: of a rule's 5 values",
		},
	},
	"Wildcards": {site: props(func(p *catnap.Props) { p.Patterns = []string{"/a*", "/b?????"} }), want: []string{
		"Patterns: 6 wildcards are too many: of a rule's 6 catnap takes one, for /.catnap/*; use fewer of * and ?",
	}},
	"WildcardsAndHost": {
		site: props(func(p *catnap.Props) { p.Patterns, p.HostHeader = []string{"/????*"}, "*.b" }),
		want: []string{
			"Patterns: 6 wildcards with the HostHeader's are too many",
		},
	},
	"NoPattern": {site: props(func(p *catnap.Props) { p.Patterns = []string{} }), want: []string{"Patterns: there is " +
		"none, must be"}},
	"Pattern": {site: props(func(p *catnap.Props) { p.Patterns = []string{"shop/*"} }), want: []string{`Patterns[0]: "shop/*" must begin with "/"`}},
	"Reserved": {site: props(func(p *catnap.Props) { p.Patterns = []string{"/.catnap/x"} }), want: []string{
		`Patterns[0]: "/.catnap/x" must not begin with /.catnap: that is catnap's own`,
	}},
	"IdleAfter": {site: props(func(p *catnap.Props) { p.IdleAfter = time.Minute }), want: []string{`IdleAfter: "1m" must be 2m to 12h`}},
	"WakeCount": {site: props(func(p *catnap.Props) { p.WakeCount = 11 }), want: []string{"WakeCount: 11 must be 1 to " +
		"10"}},
	"Wake": {site: props(func(p *catnap.Props) { p.Wake = "never" }), want: []string{`Wake: "never" must be "always", "navigation" or "javascript"`}},
	"WakesPerHour": {site: props(func(p *catnap.Props) { p.WakesPerHour = new(21) }), want: []string{"WakesPerHour: 21 " +
		"must be 0"}},
	"Token": {site: props(func(p *catnap.Props) { p.OperatorTokenSHA256 = "secret" }), want: []string{
		"OperatorTokenSHA256: must be the SHA-256 of the token",
	}},
	"ProbePath":  {site: props(func(p *catnap.Props) { p.ProbePath = "health" }), want: []string{`ProbePath: "health" must begin with "/"`}},
	"BypassMode": {site: props(func(p *catnap.Props) { p.Bypass = "maybe" }), want: []string{`Bypass: "maybe" must be "load_balancer" or "off"`}},
	"BypassURL": {site: props(func(p *catnap.Props) { p.BypassURL = "shop.example.com" }), want: []string{
		`BypassURL: "shop.example.com" must be http or https, a host and perhaps a port`,
	}},
	"BypassURLOfImported": {site: func(s site) {
		s.forward()
		s.props.Listener = elb.ApplicationListener_FromApplicationListenerAttributes(s.stack, new("Imported"),
			&elb.ApplicationListenerAttributes{
				ListenerArn: new(listenerARN), SecurityGroup: (*s.balancer.Connections().SecurityGroups())[0],
			})
	}, want: []string{"BypassURL: is missing, must be http or https, a host and perhaps a port"}},
	"BypassURLWithoutBypass": {
		site: props(func(p *catnap.Props) { p.Bypass, p.BypassURL = catnap.BypassOff, "https://a.b" }),
		want: []string{
			`BypassURL: "https://a.b" must be left out: bypass is off`,
		},
	},
	"Half": {site: props(func(p *catnap.Props) { p.EC2Rule = "arn:aws:..." }), want: []string{
		"EC2Rule, EC2TargetGroup: one is given without the other, must be both or none",
	}},
	"SettingOfProp": {
		site: props(func(p *catnap.Props) { p.Settings = map[string]any{"idle_after": "10m"} }),
		want: []string{
			"Settings: idle_after is not one of them, use the prop IdleAfter",
		},
	},
	"SettingOfCatnap": {
		site: props(func(p *catnap.Props) { p.Settings = map[string]any{"waker_rule": "arn:..."} }),
		want: []string{
			"Settings: waker_rule is not one of them: catnap fills it in",
		},
	},
	"SettingsTooLong": {site: props(func(p *catnap.Props) {
		p.Settings = map[string]any{"ignore_paths": []string{"/" + strings.Repeat("a", 4000)}}
	}), want: []string{"Settings: the document may become 50"}},
	"Dist": {site: props(func(p *catnap.Props) { p.Dist = "nowhere" }), want: []string{
		"Dist: there is no function in nowhere/waker/bootstrap: run `make build` at catnap's root, and let Dist be the " +
			"folder that it wrote",
		"Dist: there is no function in nowhere/reaper/bootstrap",
		"Dist: there is no function in nowhere/costguard/bootstrap",
	}},
	"NoService": {site: props(func(p *catnap.Props) { p.Service = nil }), want: []string{"Service: is missing, must be " +
		"the ECS service"}},
	"NoGroup":    {site: props(func(p *catnap.Props) { p.TargetGroup = nil }), want: []string{"TargetGroup: is missing"}},
	"NoListener": {site: props(func(p *catnap.Props) { p.Listener = nil }), want: []string{"Listener: is missing"}},
	"Many": {
		plan: func(p *plan) { p.desired, p.group.DeregistrationDelay = new(1.0), nil },
		site: props(func(p *catnap.Props) { p.Name, p.Prefix = "a b", "/" }),
		want: []string{
			`Name: "a b" must`, `Prefix: "/" must be like`, "Service: DesiredCount is 1",
			"TargetGroup: the deregistration delay is 300 s",
		},
	},
}

// TestRefusals: what would not work fails the synthesis, with every problem and where it is.
func TestRefusals(t *testing.T) {
	built := dist(t)
	all := maps.Clone(refusals)
	maps.Copy(all, refusedDocuments)
	for name, tc := range all {
		t.Run(name, func(t *testing.T) {
			p := good()
			if tc.plan != nil {
				tc.plan(&p)
			}
			app := awscdk.NewApp(nil)
			s := newSite(t, awscdk.NewStack(app, &name, nil), p, built)
			if tc.site == nil {
				tc.site = site.forward
			}
			tc.site(s)
			catnap.NewScaleToZero(s.stack, "Catnap", s.props)
			text := synthesisError(app)
			if tc.want == nil && text != "" {
				t.Fatal(text)
			}
			got := problemsIn(text, name)
			if diff := cmp.Diff(tc.want, cut(got, tc.want)); diff != "" {
				t.Errorf("problems (-want +got):\n%s\n%s", diff, text)
			}
		})
	}
}
