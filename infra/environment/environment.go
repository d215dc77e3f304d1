// Package environment is what an operator writes about one place where the application runs, staging for instance: a
// JSON file. It reads the file, fills in the defaults and names every mistake.
//
// It does not read the compose file, asks AWS nothing and makes nothing: packages webapp, ec2 and billing do.
package environment

import "github.com/catnap-dev/catnap/internal/settings"

// Environment is one file. Every duration is written like "5m" or "2m30s".
type Environment struct {
	// Name is the file's, without .json; it is not part of the JSON. It is in the names of the stacks.
	Name string `json:"-"`

	// Site is in the names of all that is made, and catnap's name for the service: 1 to 25 letters, digits and hyphens.
	// Default: the name of the compose project, a hyphen, and Name.
	Site string `json:"site"`
	// Account is the number of the AWS account. Default: that of the credentials which the stacks are deployed with.
	// Required for a VPC that exists.
	Account string `json:"account"`
	// Region is where the application runs, like "eu-west-3". Required.
	Region string `json:"region"`
	// Mode is where the application runs: "ecs", on Fargate, asleep while nobody uses it; "ec2", on one machine; "both",
	// with a rule between them that `catnap cutover` switches. Default "ecs".
	Mode Mode `json:"mode"`
	// Compose is the compose file, beside this file unless it is an absolute path. Required.
	Compose string `json:"compose"`
	// Profiles are the compose file's that are on. Default none.
	Profiles []string `json:"profiles"`
	// Variables fill in the compose file's; a context value of the same name wins: `-c IMAGE_TAG=1.4.2`. They are no place
	// for secrets. Default none.
	Variables map[string]string `json:"variables"`

	// Domain is the application's own name. Default none: it is reached by the load balancer's name, without TLS.
	Domain *Domain `json:"domain"`
	// Network is where it runs.
	Network Network `json:"network"`
	// Health is how the load balancer tells that it is well.
	Health Health `json:"health"`
	// Capacity is what Fargate runs it on: "fargate"; "fargate_spot", for about a third of the price, where AWS ends tasks
	// when it needs the room, and a wake has to wait while there is none; "mixed", the first task on Fargate and further
	// ones on Spot. Default "fargate".
	Capacity Capacity `json:"capacity"`
	// Scaling is how many tasks there are while it is awake.
	Scaling Scaling `json:"scaling"`
	// Sleep is catnap's part.
	Sleep Sleep `json:"sleep"`
	// XRay adds a container that takes traces (X-Ray's on UDP port 2000, OpenTelemetry's on 4317 and 4318) and sends them
	// on to X-Ray. Default false.
	XRay bool `json:"x_ray"`
	// EC2 is the machine of the modes "ec2" and "both".
	EC2 EC2 `json:"ec2"`

	// Email is told of alarms, once its owner has confirmed that. Default none: alarms are only seen in CloudWatch.
	Email string `json:"email"`
	// Billing is what may be spent.
	Billing Billing `json:"billing"`
}

// Mode is where the application runs.
type Mode string

// The modes.
const (
	ModeECS  Mode = "ecs"
	ModeEC2  Mode = "ec2"
	ModeBoth Mode = "both"
)

// Valid tells whether it is one of them.
func (m Mode) Valid() bool { return m == ModeECS || m == ModeEC2 || m == ModeBoth }

// OnECS tells whether there is a service on Fargate.
func (m Mode) OnECS() bool { return m != ModeEC2 }

// OnEC2 tells whether there is a machine.
func (m Mode) OnEC2() bool { return m != ModeECS }

// Domain is a host name, with its certificate. Give either a hosted zone of Route 53, in which the name and the proof
// for a new certificate are written, or a certificate that exists, and see to the name yourself.
type Domain struct {
	// Name is the host name. Required.
	Name string `json:"name"`
	// HostedZone is the zone's name, HostedZoneID its ID. Default none; both or none.
	HostedZone   string `json:"hosted_zone"`
	HostedZoneID string `json:"hosted_zone_id"`
	// Certificate is the ARN of one in ACM, in the same Region. Default: a new one, for which a hosted zone is needed.
	Certificate string `json:"certificate"`
}

// Network is where it runs.
type Network struct {
	// VPC is the ID of one that exists, or "default" for the account's default VPC. Default: a new one in two zones.
	VPC string `json:"vpc"`
	// Subnets are where the tasks and the machine are: "public", with addresses of their own (0.005 USD an hour while they
	// run) and no NAT; or "private", behind NAT, which costs about 32 USD a month even while everything sleeps. What
	// reaches them comes through the load balancer either way. Default "public".
	Subnets Subnets `json:"subnets"`
}

// Subnets are public or private.
type Subnets string

// The kinds.
const (
	SubnetsPublic  Subnets = "public"
	SubnetsPrivate Subnets = "private"
)

// Health is how the load balancer tells that the application is well.
type Health struct {
	// Path is requested. Default "/".
	Path string `json:"path"`
	// Interval is 5s to 15s: a cold start waits for one check that passes. Default 5s.
	Interval settings.Duration `json:"interval"`
	// Timeout is 2s or more, and less than Interval. Default 4s.
	Timeout settings.Duration `json:"timeout"`
	// Grace is how long ECS does not mind failing checks of a new task: what the application needs to start. Default 2m.
	Grace settings.Duration `json:"grace"`
	// DeregistrationDelay is how long a task that stops may finish its requests, and is billed. 5s to 30s. Default 10s.
	DeregistrationDelay settings.Duration `json:"deregistration_delay"`
}

// Capacity is what Fargate runs on.
type Capacity string

// The kinds.
const (
	CapacityFargate     Capacity = "fargate"
	CapacityFargateSpot Capacity = "fargate_spot"
	CapacityMixed       Capacity = "mixed"
)

// Scaling is how many tasks there are while the service is awake. There is no minimum to set: it is 0, or the service
// could not sleep.
type Scaling struct {
	// Maximum is 1 to 100 tasks. Default 10.
	Maximum int `json:"maximum"`
	// RequestsPerTarget is how many requests a minute a task is for. Default 10.
	RequestsPerTarget int `json:"requests_per_target"`
	// ScaleOutCooldown is the time between two steps up, ScaleInCooldown between two down. Default 30s and 5m.
	ScaleOutCooldown settings.Duration `json:"scale_out_cooldown"`
	ScaleInCooldown  settings.Duration `json:"scale_in_cooldown"`
}

// Sleep is catnap's part: the README's settings, of which these have names of their own here.
type Sleep struct {
	// IdleAfter is how long it is quiet before it is stopped, 2m to 12h. Default 5m.
	IdleAfter settings.Duration `json:"idle_after"`
	// Wake says who wakes it: "always", "navigation" or "javascript". Default "always".
	Wake string `json:"wake"`
	// WakesPerHour is how often visitors may wake it in an hour, at most 20; 0 is no limit. Default 10.
	WakesPerHour int `json:"wakes_per_hour"`
	// MonthlyLimit is in USD, or what Budget has as currency: when the account has spent it, the service is frozen until
	// the month turns or somebody says so. Default 0, no limit; billing.limit only tells.
	MonthlyLimit int `json:"monthly_limit"`
	// Budget is the rest of it, as in docs/cost.md: {"currency": "EUR", "rate": 1.08, "runaway": {...}}. Default none.
	Budget map[string]any `json:"budget"`
	// OperatorTokenSHA256 is the SHA-256 of the token that is told why a start failed. Default none.
	OperatorTokenSHA256 string `json:"operator_token_sha256"`
	// Settings are all others, as in the README: {"schedule": {...}, "page": {...}}. Default none.
	Settings map[string]any `json:"settings"`
	// Prefix is where catnap's SSM parameters begin. Default "/catnap".
	Prefix string `json:"prefix"`
	// LogLevel is what the functions log: DEBUG, INFO, WARN or ERROR. Default INFO.
	LogLevel string `json:"log_level"`
	// WakerConcurrency is how many requests the waker may answer at a time. Default 0: as many as the account may.
	WakerConcurrency int `json:"waker_concurrency"`
	// Dashboard makes one in CloudWatch; an account has three for nothing. Default true.
	Dashboard bool `json:"dashboard"`
}

// EC2 is the machine of the modes "ec2" and "both".
type EC2 struct {
	// InstanceType is the machine's. Its processor is the one that the compose file asks for. Default "t3.medium".
	InstanceType string `json:"instance_type"`
	// Spot takes it for about a third of the price; when AWS ends it, another one is started. Default true.
	Spot bool `json:"spot"`
	// VolumeSize is that of its disk in GiB, 8 to 1024. Default 30.
	VolumeSize int `json:"volume_size"`
	// Port is the machine's that the load balancer talks to; it is bound to the front container's. Default: the same.
	Port int `json:"port"`
	// Files are those beside the compose file that it needs on the machine, like "Caddyfile": what it includes, extends,
	// or mounts. Default none.
	Files []string `json:"files"`
	// Rule and TargetGroup are the ARNs of a listener rule and a target group that were made elsewhere, for a machine that
	// was: the EC2 side of an application that is moved here in the mode "ecs". Default none; both or none.
	Rule        string `json:"rule"`
	TargetGroup string `json:"target_group"`
}

// Billing is what may be spent, in USD a month. It is of the whole account, and is made in us-east-1.
type Billing struct {
	// Limit raises an alarm. Default 30; 0 makes nothing of all this.
	Limit float64 `json:"limit"`
	// Services are limits for single services of AWS, by the names that CloudWatch has in the dimension ServiceName. What
	// an account's are is seen on the dashboard; an alarm on a name that it does not have stays without data.
	// Default: AmazonECS 10, AmazonEC2 15, AWSELB 25.
	Services map[string]float64 `json:"services"`
}
