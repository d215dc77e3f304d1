package environment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaults(t *testing.T) {
	got, err := Parse("staging", []byte(`{"region": "eu-west-3", "compose": "compose.yml", "health": {"path": "/up"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := defaults("staging")
	want.Region, want.Compose, want.Health.Path = "eu-west-3", "compose.yml", "/up"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if got.Mode.OnEC2() || !got.Mode.OnECS() || !ModeBoth.OnEC2() || !ModeBoth.OnECS() || ModeEC2.OnECS() {
		t.Error("the modes are not what they say")
	}
}

// TestProblems: every mistake is named, with what stands there and what it must be.
func TestProblems(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"nothing": {`{}`, "region: is missing, must be a Region like \"eu-west-3\"\ncompose: is missing, must be the path " +
			"of a compose file"},
		"no object":     {`[]`, `[] must be an object`},
		"unknown":       {with(`"regoin": "eu-west-3"`), `regoin: "eu-west-3" is an unknown key, must be one of account,`},
		"site":          {with(`"site": "a b"`), `site: "a b" must be 1 to 25 letters, digits and hyphens`},
		"account":       {with(`"account": "123"`), `account: "123" must be the twelve digits of an AWS account`},
		"region":        {`{"region": "Paris", "compose": "c"}`, `region: "Paris" must be a Region`},
		"mode":          {with(`"mode": "fargate"`), `mode: "fargate" must be "ecs", "ec2" or "both"`},
		"variable":      {with(`"variables": {"A-B": "c"}`), `variables: "A-B" must be a variable's name`},
		"variable kind": {with(`"variables": {"A": 1}`), `variables.A: 1 must be a string`},
		"domain":        {with(`"domain": {"name": "a.example.com"}`), `domain: has neither hosted_zone nor certificate, must have one`},
		"host":          {with(`"domain": {"name": "https://a", "certificate": "arn:aws:acm:eu-west-3:123456789012:certificate/1"}`), `domain.name: "https://a" must be a host name`},
		"certificate":   {with(`"domain": {"name": "a.b.cc", "certificate": "x"}`), `domain.certificate: "x" must be a certificate's ARN`},
		"zone": {with(`"domain": {"name": "a.example.com", "hosted_zone": "other.com", "hosted_zone_id": "Z1"}`),
			`domain.hosted_zone: "other.com" must be the name of the zone that a.example.com is in`},
		"zone ID": {with(`"domain": {"name": "a.example.com", "hosted_zone": "example.com"}`),
			`domain.hosted_zone_id: is missing, must be the ID of the hosted zone`},
		"VPC":        {with(`"account": "123456789012", "network": {"vpc": "main"}`), `network.vpc: "main" must be a VPC's ID`},
		"VPC alone":  {with(`"network": {"vpc": "vpc-1"}`), `account: is missing, must be given with network.vpc`},
		"subnets":    {with(`"network": {"subnets": "nat"}`), `network.subnets: "nat" must be "public" or "private"`},
		"path":       {with(`"health": {"path": "up"}`), `health.path: "up" must be a path that begins with a slash`},
		"interval":   {with(`"health": {"interval": "30s"}`), `health.interval: "30s" must be 5s to 15s, in whole seconds`},
		"timeout":    {with(`"health": {"timeout": "5s"}`), `health.timeout: "5s" must be 2s or more and less than health.interval`},
		"grace":      {with(`"health": {"grace": "1500ms"}`), `health.grace: "1.5s" must be 0s to 15m, in whole seconds`},
		"delay":      {with(`"health": {"deregistration_delay": "5m"}`), `health.deregistration_delay: "5m" must be 5s to 30s`},
		"capacity":   {with(`"capacity": "spot"`), `capacity: "spot" must be "fargate", "fargate_spot" or "mixed"`},
		"maximum":    {with(`"scaling": {"maximum": 0}`), `scaling.maximum: 0 must be 1 to 100`},
		"minimum":    {with(`"scaling": {"minimum": 1}`), `scaling.minimum: 1 is an unknown key`},
		"requests":   {with(`"scaling": {"requests_per_target": 0}`), `scaling.requests_per_target: 0 must be 1 to 1000000`},
		"cool-down":  {with(`"scaling": {"scale_out_cooldown": "2h"}`), `scaling.scale_out_cooldown: "2h" must be 0s to 1h`},
		"cool-down2": {with(`"scaling": {"scale_in_cooldown": "2h"}`), `scaling.scale_in_cooldown: "2h" must be 0s to 1h`},
		"idle":       {with(`"sleep": {"idle_after": "1m"}`), `sleep.idle_after: "1m" must be 2m to 12h`},
		"wake":       {with(`"sleep": {"wake": "never"}`), `sleep.wake: "never" must be "always"`},
		"wakes":      {with(`"sleep": {"wakes_per_hour": 21}`), `sleep.wakes_per_hour: 21 must be 0 to 20`},
		"prefix":     {with(`"sleep": {"prefix": "catnap"}`), `sleep.prefix: "catnap" must be like /catnap`},
		"level":      {with(`"sleep": {"log_level": "info"}`), `sleep.log_level: "info" must be DEBUG, INFO, WARN or ERROR`},
		"ceiling":    {with(`"sleep": {"monthly_limit": -1}`), `sleep.monthly_limit: -1 must be 0 to 999999`},
		"crowd":      {with(`"sleep": {"waker_concurrency": -1}`), `sleep.waker_concurrency: -1 must be 0 to 1000`},
		"instance":   {with(`"ec2": {"instance_type": "medium"}`), `ec2.instance_type: "medium" must be a type like "t3.medium"`},
		"disk":       {with(`"ec2": {"volume_size": 4}`), `ec2.volume_size: 4 must be 8 to 1024`},
		"port":       {with(`"ec2": {"port": 70000}`), `ec2.port: 70000 must be 0 to 65535`},
		"rule":       {with(`"ec2": {"rule": "1", "target_group": "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/a/1"}`), `ec2.rule: "1" must be a listener rule's ARN`},
		"group":      {with(`"ec2": {"rule": "arn:aws:elasticloadbalancing:eu-west-3:123456789012:listener-rule/app/a/1/2/3", "target_group": "a"}`), `ec2.target_group: "a" must be a target group's ARN`},
		"half":       {with(`"ec2": {"target_group": "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/a/1"}`), `ec2: has one of rule and target_group, must have both or none`},
		"file":       {with(`"ec2": {"files": ["Caddyfile", "../x"]}`), `ec2.files[1]: "../x" must be a path below the compose file's folder`},
		"email":      {with(`"email": "ops"`), `email: "ops" must be an address like ops@example.com`},
		"limit":      {with(`"billing": {"limit": -1}`), `billing.limit: -1 must be 0, for no alarm, or more`},
		"service":    {with(`"billing": {"services": {"AmazonECS": 0}}`), `billing.services: "AmazonECS": 0 must be a service's name`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("staging", []byte(tc.text))
			if err == nil {
				t.Fatal("it was taken")
			}
			got := strings.Split(strings.ReplaceAll(err.Error(), "environment staging: ", ""), "\n")
			want := strings.Split(tc.want, "\n")
			if len(got) != len(want) {
				t.Fatalf("got %q, want %q", got, want)
			}
			for i := range want {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("got %q, want %q", got[i], want[i])
				}
			}
		})
	}
}

// with is a file that is right but for what is given.
func with(text string) string { return `{"region": "eu-west-3", "compose": "c", ` + text + `}` }

// TestLoad: the compose file is found from where the environment's file is, and the file's name is the environment's.
func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "live.json")
	if err := os.WriteFile(file, []byte(`{"region": "eu-west-3", "compose": "../app/compose.yml"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(filepath.Dir(filepath.Dir(file)), "app/compose.yml")
	if got.Name != "live" || got.Compose != want {
		t.Errorf("got %s and %s, want live and %s", got.Name, got.Compose, want)
	}
	for _, missing := range []string{"live", filepath.Join(t.TempDir(), "live.json")} {
		if _, err := Load(missing); err == nil || !strings.HasPrefix(err.Error(), "read environment") {
			t.Errorf("%s: got %v", missing, err)
		}
	}
}
