package environment

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/catnap-dev/catnap/internal/settings"
)

// check adds problems to a document.
type check struct{ *settings.Document }

func (c check) matches(pattern *regexp.Regexp, path, value, want string) {
	c.Check(pattern.MatchString(value), path, settings.Quote(value), want)
}

func (c check) between(path string, value, least, most int) {
	c.Check(least <= value && value <= most, path, strconv.Itoa(value), fmt.Sprintf("must be %d to %d", least, most))
}

func (c check) within(path string, value, least, most settings.Duration) {
	c.Check(least <= value && value <= most && value%seconds(1) == 0, path, settings.Quote(value.String()),
		fmt.Sprintf("must be %s to %s, in whole seconds", least, most))
}

var (
	siteName      = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,23}[a-zA-Z0-9])?)?$`)
	accountNumber = regexp.MustCompile(`^([0-9]{12})?$`)
	regionName    = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)
	vpcID         = regexp.MustCompile(`^(|default|vpc-[0-9a-f]+)$`)
	hostName      = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z]{2,}$`)
	zoneID        = regexp.MustCompile(`^Z[A-Z0-9]+$`)
	certificate   = regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-zA-Z0-9-]+$`)
	profileName   = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)
	variableName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	pathPattern   = regexp.MustCompile(`^/[a-zA-Z0-9_.~/?=&+:@,;%-]*$`)
	instanceType  = regexp.MustCompile(`^[a-z0-9-]+\.[a-z0-9-]+$`)
	listenerRule  = regexp.MustCompile(`^(arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener-rule/app/\S+)?$`)
	targetGroup   = regexp.MustCompile(`^(arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup/\S+)?$`)
	emailAddress  = regexp.MustCompile(`^([^\s@]+@[^\s@]+\.[^\s@]+)?$`)
	prefix        = regexp.MustCompile(`^(/[a-zA-Z0-9_.-]+){1,5}$`)
	environment   = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$`)
)

func (e Environment) check(c check) {
	c.matches(environment, "", e.Name, "must be letters, digits and hyphens: the file's name is in those of the stacks")
	c.matches(siteName, "site", e.Site, "must be 1 to 25 letters, digits and hyphens, without a hyphen at either end")
	c.matches(accountNumber, "account", e.Account, "must be the twelve digits of an AWS account")
	c.matches(regionName, "region", e.Region, `must be a Region like "eu-west-3"`)
	c.Check(e.Mode.Valid(), "mode", settings.Quote(string(e.Mode)),
		`must be "ecs", "ec2" or "both"`)
	c.Check(e.Compose != "", "compose", settings.Quote(e.Compose), "must be the path of a compose file")
	for i, profile := range e.Profiles {
		c.matches(profileName, fmt.Sprintf("profiles[%d]", i), profile, "must be letters, digits, dots, hyphens and "+
			"underscores")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Variables)) {
		c.matches(variableName, "variables", name, "must be a variable's name: letters, digits and underscores")
	}
	if e.Domain != nil {
		e.Domain.check(c)
	}
	e.Network.check(c, e)
	e.Health.check(c)
	c.Check(slices.Contains([]Capacity{CapacityFargate, CapacityFargateSpot, CapacityMixed}, e.Capacity), "capacity",
		settings.Quote(string(e.Capacity)), `must be "fargate", "fargate_spot" or "mixed"`)
	e.Scaling.check(c)
	e.Sleep.check(c)
	e.EC2.check(c)
	c.matches(emailAddress, "email", e.Email, "must be an address like ops@example.com")
	e.Billing.check(c)
}

func (d Domain) check(c check) {
	c.matches(hostName, "domain.name", d.Name, "must be a host name like staging.example.com")
	zone := d.HostedZone != "" || d.HostedZoneID != ""
	c.Check(zone || d.Certificate != "", "domain", "has neither hosted_zone nor certificate,",
		"must have one: the name cannot be served by TLS without")
	if d.Certificate != "" {
		c.matches(certificate, "domain.certificate", d.Certificate,
			"must be a certificate's ARN, arn:aws:acm:<region>:<account>:certificate/<id>")
	}
	if !zone {
		return
	}
	c.matches(zoneID, "domain.hosted_zone_id", d.HostedZoneID, "must be the ID of the hosted zone, like Z0123456789ABC")
	c.Check(d.Name == d.HostedZone || strings.HasSuffix(d.Name, "."+d.HostedZone), "domain.hosted_zone",
		settings.Quote(d.HostedZone), "must be the name of the zone that "+d.Name+" is in")
}

func (n Network) check(c check, e Environment) {
	c.matches(vpcID, "network.vpc", n.VPC, `must be a VPC's ID, vpc-..., or "default"`)
	c.Check(n.Subnets == SubnetsPublic || n.Subnets == SubnetsPrivate, "network.subnets",
		settings.Quote(string(n.Subnets)), `must be "public" or "private"`)
	c.Check(n.VPC == "" || e.Account != "", "account", settings.Quote(e.Account),
		"must be given with network.vpc: the CDK CLI looks for the VPC there")
}

func (h Health) check(c check) {
	c.matches(pathPattern, "health.path", h.Path, "must be a path that begins with a slash")
	c.within("health.interval", h.Interval, seconds(5), seconds(15))
	c.Check(seconds(2) <= h.Timeout && h.Timeout < h.Interval && h.Timeout%seconds(1) == 0, "health.timeout",
		settings.Quote(h.Timeout.String()), "must be 2s or more and less than health.interval, in whole seconds")
	c.within("health.grace", h.Grace, 0, seconds(15*60))
	c.within("health.deregistration_delay", h.DeregistrationDelay, seconds(5), seconds(30))
}

func (s Scaling) check(c check) {
	c.between("scaling.maximum", s.Maximum, 1, 100)
	c.between("scaling.requests_per_target", s.RequestsPerTarget, 1, 1_000_000)
	c.within("scaling.scale_out_cooldown", s.ScaleOutCooldown, 0, seconds(3600))
	c.within("scaling.scale_in_cooldown", s.ScaleInCooldown, 0, seconds(3600))
}

// check leaves the rest to the construct, which asks the functions' own reader.
func (s Sleep) check(c check) {
	c.within("sleep.idle_after", s.IdleAfter, seconds(2*60), seconds(12*60*60))
	c.Check(slices.Contains([]string{"always", "navigation", "javascript"}, s.Wake), "sleep.wake",
		settings.Quote(s.Wake), `must be "always", "navigation" or "javascript"`)
	c.between("sleep.wakes_per_hour", s.WakesPerHour, 0, 20)
	c.between("sleep.monthly_limit", s.MonthlyLimit, 0, 999_999)
	c.matches(prefix, "sleep.prefix", s.Prefix, "must be like /catnap, without a slash at the end")
	c.Check(slices.Contains([]string{"DEBUG", "INFO", "WARN", "ERROR"}, s.LogLevel), "sleep.log_level",
		settings.Quote(s.LogLevel), "must be DEBUG, INFO, WARN or ERROR")
	c.between("sleep.waker_concurrency", s.WakerConcurrency, 0, 1000)
}

func (m EC2) check(c check) {
	c.matches(instanceType, "ec2.instance_type", m.InstanceType, `must be a type like "t3.medium"`)
	c.between("ec2.volume_size", m.VolumeSize, 8, 1024)
	c.between("ec2.port", m.Port, 0, 65535)
	for i, file := range m.Files {
		c.Check(filepath.IsLocal(file), fmt.Sprintf("ec2.files[%d]", i), settings.Quote(file),
			"must be a path below the compose file's folder")
	}
	c.matches(listenerRule, "ec2.rule", m.Rule,
		"must be a listener rule's ARN, arn:aws:elasticloadbalancing:<region>:<account>:listener-rule/app/...")
	c.matches(targetGroup, "ec2.target_group", m.TargetGroup,
		"must be a target group's ARN, arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/...")
	c.Check((m.Rule == "") == (m.TargetGroup == ""), "ec2", "has one of rule and target_group,",
		"must have both or none")
}

func (b Billing) check(c check) {
	number := func(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
	c.Check(b.Limit >= 0, "billing.limit", number(b.Limit), "must be 0, for no alarm, or more")
	for _, name := range slices.Sorted(maps.Keys(b.Services)) {
		c.Check(name != "" && b.Services[name] > 0, "billing.services", settings.Quote(name)+": "+number(b.Services[name]),
			"must be a service's name and an amount of more than 0")
	}
}
