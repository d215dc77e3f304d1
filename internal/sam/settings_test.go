package sam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/settings"
)

func (s stack) settings() (settings.Service, error) {
	parameter := s.resource("Settings")
	return settings.Parse(s.value("ServiceName"), []byte(text(parameter["Value"])))
}

// checkSettings: whatever values the parameters take, the functions take the settings that come of them.
func checkSettings(t template) []string {
	var problems []string
	try := func(more ...string) {
		s, err := t.deploy(more...)
		if err != nil {
			return // one of the rules
		}
		if _, err := s.settings(); err != nil {
			problems = append(problems, fmt.Sprintf("with %v: %v", more, err))
		}
	}
	try()
	if got, _ := t.deployed().settings(); got.LoadBalancer != "app/shop/0123456789abcdef" {
		problems = append(problems, "the load balancer's dimension is "+got.LoadBalancer)
	}
	for _, name := range sorted(t.Section("Parameters")) {
		for _, value := range values[name].taken {
			try(name, value)
			try(name, value, "BypassMode", "off")
		}
	}
	return problems
}

// checkRefusals: what the functions would refuse in the settings, the parameters refuse before.
func checkRefusals(t template) []string {
	var problems []string
	for _, name := range sorted(t.Section("Parameters")) {
		tried := append(append([]string{}, values[name].taken...), values[name].refused...)
		for _, value := range tried {
			s, err := t.deploy(name, value)
			if err != nil {
				continue
			}
			if _, err := s.settings(); err != nil {
				problems = append(problems, fmt.Sprintf("%s takes %q, which the functions refuse: %v", name, value, err))
			}
		}
	}
	return problems
}

// TestSettings: the document says what the parameters say, and the rest are the defaults.
func TestSettings(t *testing.T) {
	read := load(t)
	token := strings.Repeat("0a", 32)
	s := read.deployed("PathPatterns", "/shop/*,/api/v?/*", "WakeCount", "2", "IdleAfter", "15m", "WakeMode", "navigation",
		"WakesPerHour", "4", "OperatorTokenSHA256", token, "ProbePath", "/health", "BypassPort", "8443")
	got, err := s.settings()
	if err != nil {
		t.Fatal(err)
	}
	want, err := settings.Parse("web", fmt.Appendf(nil, `{
		"cluster": "shop", "service": "shop-web", "target_group": %q, "load_balancer": "app/shop/0123456789abcdef",
		"waker_target_group": %q, "waker_rule": %q, "bypass_rule": %q,
		"bypass_url": "https://shop-1234567890.eu-west-3.elb.amazonaws.com:8443", "probe_path": "/health",
		"patterns": ["/shop/*", "/api/v?/*"], "wake_count": 2, "idle_after": "15m", "wake": "navigation",
		"wakes_per_hour": 4, "operator_token_sha256": %q
	}`, s.value("ServiceTargetGroupArn"), s.ref("WakerTargetGroup"), s.ref("WakerRule"), s.ref("BypassRule"), token))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// TestSmallestSettings: without the optional parameters the document has no trace of them.
func TestSmallestSettings(t *testing.T) {
	s := load(t).deployed("BypassMode", "off")
	got, err := s.settings()
	if err != nil {
		t.Fatal(err)
	}
	if got.Bypass != settings.BypassOff || got.BypassURL != "" || got.OperatorTokenSHA256 != "" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"/*"}, got.Patterns); diff != "" {
		t.Errorf("patterns (-want +got):\n%s", diff)
	}
}

// mostCharacters is what a standard parameter of SSM holds.
const mostCharacters = 4096

// TestSettingsFit: the longest values that the parameters take are no more than SSM does.
func TestSettingsFit(t *testing.T) {
	path := "/" + strings.Repeat("a", 127)
	s := load(t).deployed("ServiceName", strings.Repeat("a", 25), "Cluster", long[:255], "Service", long[:255],
		"PathPatterns", path+","+path+","+path, "ProbePath", "/"+long+long[:255],
		"OperatorTokenSHA256", strings.Repeat("0a", 32))
	if length := len(text(s.resource("Settings")["Value"])); length > mostCharacters {
		t.Errorf("%d characters", length)
	}
}
