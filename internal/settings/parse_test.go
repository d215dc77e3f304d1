package settings

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

const arns = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:"

func read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// change returns the minimal example with some members set; a nil value takes a member out.
func change(t testing.TB, members map[string]any) []byte {
	t.Helper()
	document := map[string]any{}
	if err := json.Unmarshal(read(t, "minimal.json"), &document); err != nil {
		t.Fatal(err)
	}
	for key, value := range members {
		document[key] = value
		if value == nil {
			delete(document, key)
		}
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func minimal() Service {
	rules := arns + "listener-rule/app/shop/0123456789abcdef/23456789abcdef01/"
	return Service{
		Name:             "web",
		Cluster:          "shop",
		Service:          "web",
		TargetGroup:      arns + "targetgroup/web/0123456789abcdef",
		LoadBalancer:     "app/shop/0123456789abcdef",
		WakerTargetGroup: arns + "targetgroup/web-waker/123456789abcdef0",
		WakerRule:        rules + "3456789abcdef012",
		BypassRule:       rules + "456789abcdef0123",
		BypassURL:        "https://shop-1234567890.eu-west-3.elb.amazonaws.com",
		ProbePath:        "/",
		Patterns:         []string{"/*"},
		Managed:          true,
		WakeCount:        1,
		IdleAfter:        Duration(5 * time.Minute),
		DrowsyAfter:      Duration(150 * time.Second),
		MetricLag:        Duration(time.Minute),
		Settle:           Duration(30 * time.Second),
		HealAfter:        Duration(time.Minute),
		WakeTimeout:      Duration(5 * time.Minute),
		Hold:             Duration(55 * time.Second),
		Bypass:           BypassLoadBalancer,
		Wake:             policy.WakeAlways,
		WakesPerHour:     10,
		MonitorStatus:    200,
		CrawlerStatus:    503,
	}
}

func expression(text string) (e Expression) {
	if err := e.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return e
}

func full() Service {
	s := minimal()
	s.Cluster = "arn:aws:ecs:eu-west-3:123456789012:cluster/shop"
	s.Service = "arn:aws:ecs:eu-west-3:123456789012:service/shop/web"
	s.BypassURL = "http://shop-1234567890.eu-west-3.elb.amazonaws.com:8080"
	s.EC2Rule = arns + "listener-rule/app/shop/0123456789abcdef/23456789abcdef01/56789abcdef01234"
	s.EC2TargetGroup = arns + "targetgroup/web-ec2/23456789abcdef01"
	s.ProbePath = "/health"
	s.Patterns = []string{"/shop/*", "/api/v?/*"}
	s.WakeCount = 2
	s.IdleAfter = Duration(15 * time.Minute)
	s.DrowsyAfter = Duration(330 * time.Second)
	s.MetricLag = Duration(90 * time.Second)
	s.Settle = Duration(45 * time.Second)
	s.HealAfter = Duration(2 * time.Minute)
	s.WakeTimeout = Duration(10 * time.Minute)
	s.Hold = Duration(25 * time.Second)
	s.Wake = policy.WakeNavigation
	s.WakesPerHour = 4
	s.IgnorePaths = []Expression{expression("/metrics"), expression("/internal/.*")}
	s.IgnoreUserAgents = []Expression{expression("(?i).*ourprobe.*")}
	s.AllowPaths = []Expression{expression(`/shop/.*\.php`)}
	s.MonitorStatus, s.CrawlerStatus = 503, 200
	s.OperatorTokenSHA256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" // of "secret"
	s.Page = page.Brand{
		Name: "City Guide", Accent: "#0b6e4f", Message: "Our staging site. Weekdays from 8 to 19:30 it is up already.",
		Logo: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E" +
			"%3Ccircle r='4'/%3E%3C/svg%3E",
		Links: []page.Link{{Text: "Status", URL: "https://status.example.com"}}, Language: "fr",
	}
	s.Schedule = &Schedule{TimeZone: "Europe/Paris", Windows: []Window{
		{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "19:30"},
		{Days: []string{"sat"}, From: "22:00", To: "02:00"},
		{Days: []string{"sun"}, From: "00:00", To: "24:00"},
	}}
	s.Pin = time.Date(2026, time.March, 31, 16, 0, 0, 0, time.UTC)
	s.Signals = []Signal{
		{Namespace: "AWS/ApplicationELB", Metric: "ActiveConnectionCount", Statistic: "Sum", Above: 2.5,
			Dimensions: map[string]string{"LoadBalancer": "app/shop/0123456789abcdef"}},
		{Namespace: "Shop", Metric: "JobsRunning", Statistic: "Maximum"},
	}
	return s
}

func TestParseExamples(t *testing.T) {
	for file, want := range map[string]Service{"minimal.json": minimal(), "service.json": full()} {
		t.Run(file, func(t *testing.T) {
			got, err := Parse("web", read(t, file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			roundTrip(t, got)
		})
	}
}

func TestParseDefaults(t *testing.T) {
	second := func(n int) Duration { return Duration(time.Duration(n) * time.Second) }
	tests := map[string]struct {
		members map[string]any
		want    func(*Service)
	}{
		"drowsy is half of idle": {map[string]any{"idle_after": "11m"}, func(s *Service) {
			s.IdleAfter, s.DrowsyAfter = second(660), second(330)
		}},
		"drowsy is at least a minute": {map[string]any{"idle_after": "2m"}, func(s *Service) {
			s.IdleAfter, s.DrowsyAfter = second(120), second(60)
		}},
		"hold zero is not the default": {map[string]any{"hold": "0s"}, func(s *Service) { s.Hold = 0 }},
		"not managed":                  {map[string]any{"managed": false}, func(s *Service) { s.Managed = false }},
		"null is absent": {map[string]any{
			"patterns": json.RawMessage("null"), "managed": json.RawMessage("null"), "schedule": json.RawMessage("null"),
			"pin": json.RawMessage("null"), "hold": json.RawMessage("null"), "drowsy_after": json.RawMessage("null"),
		}, func(*Service) {}},
		"four patterns with everything": {map[string]any{"patterns": []string{"/a", "/b", "/*", "/c"}}, func(s *Service) {
			s.Patterns = []string{"/a", "/b", "/*", "/c"}
		}},
		"all characters of a pattern": {map[string]any{"patterns": []string{`/aZ09_-.$/~"'@:+&*?`}}, func(s *Service) {
			s.Patterns = []string{`/aZ09_-.$/~"'@:+&*?`}
		}},
		"China": {map[string]any{"target_group": "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/a-b/1f"},
			func(s *Service) {
				s.TargetGroup = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/a-b/1f"
			}},
		"IPv6": {map[string]any{"bypass_url": "http://[::1]:8080"}, func(s *Service) { s.BypassURL = "http://[::1]:8080" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := minimal()
			test.want(&want)
			got, err := Parse("web", change(t, test.members))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			roundTrip(t, got)
		})
	}
}

func TestParseRefusesText(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":         {``, `settings of service web: "" must be one JSON object: unexpected end of JSON input`},
		"trailing":      {`{} {}`, `invalid character '{' after top-level value`},
		"a list":        {`[1, 2]`, `settings of service web: [1,2] must be an object`},
		"null":          {`null`, `settings of service web: null must be an object`},
		"unknown":       {`{"idle": "5m"}`, `idle: "5m" is an unknown key, must be one of allow_paths, bypass, bypass_rule, bypass_url, cluster,`},
		"other case":    {`{"Cluster": "shop"}`, `Cluster: "shop" is an unknown key`},
		"the name":      {`{"Name": "shop"}`, `Name: "shop" is an unknown key`},
		"odd key":       {`{"a\nb": 1}`, `web: ["a\nb"]: 1 is an unknown key`},
		"twice":         {`{"cluster": "a", "cluster": "b"}`, `cluster: "b" is the key's second value, must be given once`},
		"twice, nested": {`{"signals": [{"dimensions": {"a": "b", "\u0061": "c"}}]}`, `signals[0].dimensions.a: "c" is the key's second value`},
		"unknown, nested": {`{"schedule": {"windows": [{"day": "mon"}]}}`,
			`schedule.windows[0].day: "mon" is an unknown key, must be one of days, from, to`},
		"long":          {`{"cluster": [` + strings.Repeat("1,", 500) + `1]}`, `1,1... must be a string`},
		"over lines":    {"{\"cluster\": [\n1\n]}", `cluster: [1] must be a string`},
		"number":        {`{"idle_after": 300}`, `idle_after: 300 must be a duration as text like "2m30s"`},
		"no unit":       {`{"idle_after": "300"}`, `idle_after: "300" must be a duration`},
		"text":          {`{"wake_count": "1"}`, `wake_count: "1" must be a whole number`},
		"fraction":      {`{"wake_count": 1.5}`, `wake_count: 1.5 must be a whole number`},
		"not a boolean": {`{"managed": "yes"}`, `managed: "yes" must be true or false`},
		"not a time":    {`{"pin": "tomorrow"}`, `pin: "tomorrow" must be an RFC 3339 time like "2026-01-31T18:00:00Z"`},
		"not a list":    {`{"patterns": "/*"}`, `patterns: "/*" must be a list`},
		"not an object": {`{"schedule": "night"}`, `schedule: "night" must be an object`},
		"wrong element": {`{"patterns": ["/a", 2]}`, `patterns[1]: 2 must be a string`},
		"too large":     {`{"signals": [{"above": 1e999}]}`, `signals[0].above: 1e999 must be a number`},
		"expression":    {`{"ignore_paths": ["/a", "/b("]}`, `ignore_paths[1]: "/b(" must be a regular expression of RE2`},
		"brackets":      {`{"ignore_paths": ["a)(b"]}`, `ignore_paths[0]: "a)(b" must be a regular expression`},
		"no expression": {`{"allow_paths": [1]}`, `allow_paths[0]: 1 must be a regular expression`},
		"page, unknown": {`{"page": {"title": "x"}}`, `page.title: "x" is an unknown key, must be one of accent, language,`},
		"page, link":    {`{"page": {"links": [{"href": "x"}]}}`, `page.links[0].href: "x" is an unknown key, must be one of text, url`},
		"not a value":   {`{"signals": [{"dimensions": {"a": 1}}]}`, `signals[0].dimensions.a: 1 must be a string`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("web", []byte(test.text))
			refused(t, err, test.want)
			if diff := cmp.Diff(Service{}, got); diff != "" {
				t.Errorf("settings beside an error (-want +got):\n%s", diff)
			}
		})
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error:\n%v\nwant in it:\n%s", err, want)
	}
}

func TestParseReportsEverythingOnce(t *testing.T) {
	_, err := Parse("web", change(t, map[string]any{
		"cluster":    nil,
		"hold":       "15m",
		"idle_after": 300,
		"idle":       "5m",
		"patterns":   []any{"a", 1},
		"schedule":   map[string]any{"time_zone": "Paris", "windows": "always"},
		"wake_count": 0,
	}))
	want := []string{
		`idle: "5m" is an unknown key, must be one of ` + strings.Join([]string{"allow_paths", "bypass",
			"bypass_rule", "bypass_url", "cluster", "crawler_status", "drowsy_after", "ec2_rule",
			"ec2_target_group", "heal_after", "hold", "idle_after",
			"ignore_paths", "ignore_user_agents", "load_balancer", "managed", "metric_lag", "monitor_status",
			"operator_token_sha256", "page", "patterns", "pin", "probe_path", "schedule", "service", "settle", "signals",
			"target_group", "wake", "wake_count", "wake_timeout", "waker_rule", "waker_target_group", "wakes_per_hour"}, ", "),
		`idle_after: 300 must be a duration as text like "2m30s"`,
		`patterns[1]: 1 must be a string`,
		`schedule.windows: "always" must be a list`,
		`cluster: is missing, must be the ECS cluster's name or ARN`,
		`patterns[0]: "a" must begin with "/"`,
		`wake_count: 0 must be 1 to 10`,
		`hold: "15m" must be 0s to 14m`,
		`schedule.time_zone: "Paris" must be an IANA name like "Europe/Paris"`,
	}
	if err == nil {
		t.Fatal("no error")
	}
	got := strings.Split(strings.ReplaceAll(err.Error(), "settings of service web: ", ""), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
