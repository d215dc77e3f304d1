package settings

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestValidate(t *testing.T) {
	rule := minimal().WakerRule
	ec2Rule, ec2Group := full().EC2Rule, full().EC2TargetGroup
	tests := map[string]struct {
		change func(*Service)
		want   string
	}{
		"name with a slash":  {func(s *Service) { s.Name = "a/b" }, `settings of service a/b: name: "a/b" must be 1 to 64 letters`},
		"name empty":         {func(s *Service) { s.Name = "" }, `name: "" must be`},
		"name long":          {func(s *Service) { s.Name = strings.Repeat("x", 65) }, `must be 1 to 64 letters`},
		"cluster":            {func(s *Service) { s.Cluster = "" }, `cluster: is missing, must be the ECS cluster's name or ARN`},
		"service":            {func(s *Service) { s.Service = "" }, `service: is missing, must be the ECS service's name or ARN`},
		"target group":       {func(s *Service) { s.TargetGroup = "" }, `target_group: is missing, must be a target group's ARN, arn:aws:`},
		"target group kind":  {func(s *Service) { s.TargetGroup = rule }, `target_group: "` + rule + `" must be a target group's ARN`},
		"target group other": {func(s *Service) { s.TargetGroup = "arn:gcp:" + s.TargetGroup[8:] }, `target_group: "arn:gcp:`},
		"load balancer":      {func(s *Service) { s.LoadBalancer = "net/a/1f" }, `load_balancer: "net/a/1f" must be the load balancer's CloudWatch dimension, app/<name>/<id>`},
		"waker target group": {func(s *Service) { s.WakerTargetGroup = "x" }, `waker_target_group: "x" must be a target group's ARN`},
		"same target group":  {func(s *Service) { s.WakerTargetGroup = s.TargetGroup }, `waker_target_group: "` + minimal().TargetGroup + `" must differ from target_group`},
		"waker rule":         {func(s *Service) { s.WakerRule = s.TargetGroup }, `waker_rule: "` + minimal().TargetGroup + `" must be a listener rule's ARN`},
		"waker rule short":   {func(s *Service) { s.WakerRule = rule[:strings.LastIndex(rule, "/")] }, `must be a listener rule's ARN`},
		"bypass rule":        {func(s *Service) { s.BypassRule = "" }, `bypass_rule: is missing, must be a listener rule's ARN`},
		"same rule":          {func(s *Service) { s.BypassRule = s.WakerRule }, `bypass_rule: "` + rule + `" must differ from waker_rule`},

		"EC2 rule alone":    {func(s *Service) { s.EC2Rule = ec2Rule }, `ec2_target_group: is missing, must be a target group's ARN`},
		"EC2 group alone":   {func(s *Service) { s.EC2TargetGroup = ec2Group }, `ec2_rule: is missing, must be a listener rule's ARN`},
		"EC2 rule's kind":   {onEC2(ec2Group, ec2Group), `ec2_rule: "` + ec2Group + `" must be a listener rule's ARN`},
		"EC2 rule is ours":  {onEC2(minimal().BypassRule, ec2Group), `must differ from waker_rule and bypass_rule`},
		"EC2 rule is armed": {onEC2(rule, ec2Group), `ec2_rule: "` + rule + `" must differ from waker_rule`},
		"EC2 group is ECS":  {onEC2(ec2Rule, minimal().TargetGroup), `ec2_target_group: "` + minimal().TargetGroup + `" must differ`},
		"EC2 group wakes":   {onEC2(ec2Rule, minimal().WakerTargetGroup), `must differ from target_group and waker_target_group`},

		"bypass missing":  {func(s *Service) { s.BypassURL = "" }, `bypass_url: is missing, must be http or https, a host`},
		"bypass relative": {func(s *Service) { s.BypassURL = "alb.example" }, `bypass_url: "alb.example" must be http or https`},
		"bypass scheme":   {func(s *Service) { s.BypassURL = "ftp://a" }, `bypass_url: "ftp://a"`},
		"bypass path":     {func(s *Service) { s.BypassURL = "http://a/" }, `bypass_url: "http://a/"`},
		"bypass query":    {func(s *Service) { s.BypassURL = "http://a?" }, `bypass_url: "http://a?"`},
		"bypass fragment": {func(s *Service) { s.BypassURL = "http://a#b" }, `bypass_url: "http://a#b"`},
		"bypass host":     {func(s *Service) { s.BypassURL = "http://:80" }, `bypass_url: "http://:80"`},
		"bypass port":     {func(s *Service) { s.BypassURL = "http://a:" }, `bypass_url: "http://a:"`},
		"bypass garbage":  {func(s *Service) { s.BypassURL = "http://a b" }, `bypass_url: "http://a b"`},
		"bypass password": {func(s *Service) { s.BypassURL = "http://me:secret@a" }, `bypass_url: "http://me:xxxxx@a" must be`},
		"probe path":      {func(s *Service) { s.ProbePath = "health" }, `probe_path: "health" must begin with "/"`},
		"probe URL":       {func(s *Service) { s.ProbePath = "http://a/b" }, `probe_path: "http://a/b" must begin with "/"`},
		"probe control":   {func(s *Service) { s.ProbePath = "/a\nb" }, `probe_path: "/a\nb" must`},

		"bypass":     {func(s *Service) { s.Bypass = "on" }, `bypass: "on" must be "load_balancer" or "off"`},
		"bypass off": {func(s *Service) { s.Bypass = BypassOff }, `must be left out: bypass is off`},

		"wake":           {func(s *Service) { s.Wake = "people" }, `wake: "people" must be "always", "navigation" or "javascript"`},
		"wakes low":      {func(s *Service) { s.WakesPerHour = -1 }, `wakes_per_hour: -1 must be 0, for no limit, to 20`},
		"wakes high":     {func(s *Service) { s.WakesPerHour = 21 }, `wakes_per_hour: 21 must be`},
		"monitor status": {func(s *Service) { s.MonitorStatus = 204 }, `monitor_status: 204 must be 200 or 503`},
		"crawler status": {func(s *Service) { s.CrawlerStatus = 404 }, `crawler_status: 404 must be 200 or 503`},
		"operator token": {func(s *Service) { s.OperatorTokenSHA256 = "my secret" }, `operator_token_sha256: must be the SHA-256 of the token as 64`},
		"page accent":    {func(s *Service) { s.Page.Accent = "teal" }, `page: accent "teal" must be`},

		"no pattern":      {func(s *Service) { s.Patterns = nil }, `patterns: has 0 values, must be 1 to 3: of a rule's 5`},
		"five patterns":   {func(s *Service) { s.Patterns = []string{"/*", "/a", "/b", "/c", "/d"} }, `patterns: has 5 values, must be 1 to 4`},
		"four patterns":   {func(s *Service) { s.Patterns = []string{"/a", "/b", "/c", "/d"} }, `patterns: has 4 values, must be 1 to 3`},
		"wildcards":       {func(s *Service) { s.Patterns = []string{"/*/*/*", "/?/?/?"} }, `patterns: has 6 wildcards, must be at most 5`},
		"pattern start":   {func(s *Service) { s.Patterns = []string{"/a", "*"} }, `patterns[1]: "*" must begin with "/"`},
		"pattern empty":   {func(s *Service) { s.Patterns = []string{""} }, `patterns[0]: "" must begin with "/"`},
		"pattern long":    {func(s *Service) { s.Patterns = []string{"/" + strings.Repeat("a", 128)} }, `must be at most 128 characters`},
		"pattern letters": {func(s *Service) { s.Patterns = []string{"/é"} }, `patterns[0]: "/é" must be letters, digits,`},
		"pattern own":     {func(s *Service) { s.Patterns = []string{"/.catnap/x"} }, `patterns[0]: "/.catnap/x" must not begin with /.catnap`},

		"wake count low":    {func(s *Service) { s.WakeCount = 0 }, `wake_count: 0 must be 1 to 10`},
		"wake count high":   {func(s *Service) { s.WakeCount = 11 }, `wake_count: 11 must be 1 to 10`},
		"idle low":          {func(s *Service) { s.IdleAfter = Duration(90 * time.Second) }, `idle_after: "1m30s" must be 2m to 12h`},
		"idle high":         {func(s *Service) { s.IdleAfter = Duration(13 * time.Hour) }, `idle_after: "13h" must be 2m to 12h`},
		"drowsy as idle":    {func(s *Service) { s.DrowsyAfter = s.IdleAfter }, `drowsy_after: "5m" must be less than idle_after, 5m`},
		"drowsy low":        {func(s *Service) { s.DrowsyAfter = Duration(29 * time.Second) }, `drowsy_after: "29s" must be at least 30s`},
		"metric lag zero":   {func(s *Service) { s.MetricLag = 0 }, `metric_lag: "0s" must be more than 0s and at most 15m`},
		"metric lag high":   {func(s *Service) { s.MetricLag = Duration(901 * time.Second) }, `metric_lag: "15m1s" must be`},
		"settle low":        {func(s *Service) { s.Settle = 0 }, `settle: "0s" must be 1s to 5m`},
		"settle high":       {func(s *Service) { s.Settle = Duration(time.Hour) }, `settle: "1h" must be 1s to 5m`},
		"heal low":          {func(s *Service) { s.HealAfter = Duration(time.Second) }, `heal_after: "1s" must be 10s to 1h`},
		"heal high":         {func(s *Service) { s.HealAfter = Duration(61 * time.Minute) }, `heal_after: "1h1m" must be 10s to 1h`},
		"wake timeout low":  {func(s *Service) { s.WakeTimeout = Duration(time.Second) }, `wake_timeout: "1s" must be 30s to 1h`},
		"wake timeout high": {func(s *Service) { s.WakeTimeout = Duration(2 * time.Hour) }, `wake_timeout: "2h" must be 30s to 1h`},
		"hold negative":     {func(s *Service) { s.Hold = -1 }, `hold: "-1ns" must be 0s to 14m`},
		"hold high":         {func(s *Service) { s.Hold = Duration(15 * time.Minute) }, `hold: "15m" must be 0s to 14m`},

		"zone missing": {func(s *Service) { s.Schedule = &Schedule{} }, `schedule.time_zone: is missing, must be an IANA name`},
		"zone local":   {func(s *Service) { s.Schedule = &Schedule{TimeZone: "Local"} }, `schedule.time_zone: "Local" must`},
		"zone unknown": {func(s *Service) { s.Schedule = &Schedule{TimeZone: "../x"} }, `schedule.time_zone: "../x" must`},
		"no window":    {func(s *Service) { s.Schedule = &Schedule{} }, `schedule.windows: is empty, must have at least one window`},
		"no day":       {window(Window{From: "08:00", To: "09:00"}), `schedule.windows[0].days: is empty, must have`},
		"day":          {window(Window{Days: []string{"mon", "Tue"}}), `schedule.windows[0].days[1]: "Tue" must be mon, tue,`},
		"day twice":    {window(Window{Days: []string{"mon", "mon"}}), `schedule.windows[0].days[1]: "mon" is there twice`},
		"from missing": {window(Window{}), `schedule.windows[0].from: is missing, must be a time from 00:00 to 23:59`},
		"from at end":  {window(Window{From: "24:00"}), `schedule.windows[0].from: "24:00" must be a time from 00:00 to 23:59`},
		"from short":   {window(Window{From: "8:00"}), `schedule.windows[0].from: "8:00" must`},
		"to late":      {window(Window{To: "24:01"}), `schedule.windows[0].to: "24:01" must be a time from 00:00 to 24:00`},
		"to minutes":   {window(Window{To: "12:60"}), `schedule.windows[0].to: "12:60" must`},
		"no time":      {window(Window{From: "08:00", To: "08:00"}), `schedule.windows[0].to: "08:00" must differ from "from"`},

		"signals":   {func(s *Service) { s.Signals = make([]Signal, 6) }, `signals: has 6 values, must be at most 5`},
		"namespace": {signal(Signal{}), `signals[0].namespace: is missing, must be a CloudWatch namespace`},
		"metric":    {signal(Signal{}), `signals[0].metric: is missing, must be a metric's name`},
		"statistic": {signal(Signal{Statistic: "p99"}), `signals[0].statistic: "p99" must be one of Sum, Maximum,`},
		"above":     {signal(Signal{Above: -0.5}), `signals[0].above: -0.5 must be a number of 0 or more`},
		"above NaN": {signal(Signal{Above: math.NaN()}), `signals[0].above: NaN must be`},
		"above Inf": {signal(Signal{Above: math.Inf(1)}), `signals[0].above: +Inf must be`},
		"dimension": {signal(Signal{Dimensions: map[string]string{"a b": ""}}), `signals[0].dimensions["a b"]: "" must have a name and a value`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := minimal()
			test.change(&s)
			refused(t, s.Validate(), test.want)
		})
	}
}

func onEC2(rule, group string) func(*Service) {
	return func(s *Service) { s.EC2Rule, s.EC2TargetGroup = rule, group }
}

func window(w Window) func(*Service) {
	return func(s *Service) { s.Schedule = &Schedule{TimeZone: "UTC", Windows: []Window{w}} }
}

func signal(signal Signal) func(*Service) {
	return func(s *Service) { s.Signals = []Signal{signal} }
}

// TestOperatorTokenIsNotRepeated: somebody may put the token itself where its hash belongs.
func TestOperatorTokenIsNotRepeated(t *testing.T) {
	s := minimal()
	s.OperatorTokenSHA256 = "my secret"
	if err := s.Validate(); err == nil || strings.Contains(err.Error(), "my secret") {
		t.Errorf("error %v, want one without the token", err)
	}
}

func TestValidateLimits(t *testing.T) {
	tests := map[string]func(*Service){
		"lowest": func(s *Service) {
			s.WakeCount, s.IdleAfter, s.DrowsyAfter = 1, Duration(2*time.Minute), Duration(30*time.Second)
			s.MetricLag, s.Settle = 1, Duration(time.Second)
			s.HealAfter, s.WakeTimeout, s.Hold = Duration(10*time.Second), Duration(30*time.Second), 0
		},
		"highest": func(s *Service) {
			s.WakeCount, s.IdleAfter, s.DrowsyAfter = 10, Duration(12*time.Hour), Duration(12*time.Hour-1)
			s.MetricLag, s.Settle = Duration(15*time.Minute), Duration(5*time.Minute)
			s.HealAfter, s.WakeTimeout, s.Hold = Duration(time.Hour), Duration(time.Hour), Duration(14*time.Minute)
			s.Patterns = []string{"/?????" + strings.Repeat("a", 122)}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := full()
			change(&s)
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}
