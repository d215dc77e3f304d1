package compose

import "time"

// Task is what ECS runs as one unit on Fargate: every service of the compose file is a container of it.
type Task struct {
	// Name is the compose project's name: the file's own `name`, or that of the folder.
	Name string
	// CPU is in CPU units, 1024 a vCPU; Memory is in MiB. Together they are a size that Fargate has.
	CPU, Memory int
	// Architecture is X86_64 or ARM64.
	Architecture string
	// Front is where the load balancer sends requests.
	Front Front
	// Containers are ordered by name.
	Containers []Container
	// Volumes are those that a container mounts, ordered by name.
	Volumes []Volume
}

// Front is the container and the port that the load balancer talks to.
type Front struct {
	Container string
	Port      int
}

// Container is one service. A zero value leaves it to the image, or to ECS.
type Container struct {
	Name  string
	Image string
	// Essential containers end the whole task when they end.
	Essential bool

	Entrypoint, Command []string
	WorkingDir, User    string
	ReadOnly, Init      bool
	Interactive, TTY    bool

	// CPU is in CPU units; it is a share of the task's and not a ceiling. Memory is the ceiling in MiB, Reservation
	// what is kept free for it.
	CPU, Memory, Reservation int

	Environment map[string]string
	Secrets     []Secret // ordered by variable; none has a name that is in Environment too
	Labels      map[string]string

	Ports     []Port // what it listens on, as far as the file tells
	Health    *Health
	DependsOn []Dependency // ordered by container

	Mounts []Mount
	Tmpfs  []Tmpfs

	// NoFile bounds the open files; nil leaves Fargate's 65535.
	NoFile *Limit
	// StopTimeout is 2 s to 120 s, or zero for ECS's 30 s.
	StopTimeout time.Duration

	AddCapabilities, DropCapabilities []string
	// Sysctls are kernel parameters. All containers of a task share those of the network.
	Sysctls map[string]string
}

// Port is a port that a container listens on. On Fargate it is the same inside and outside.
type Port struct {
	Number   int
	Protocol string // tcp or udp
}

// Health is the check by which ECS takes a container for healthy. Durations are whole seconds.
type Health struct {
	// Test begins with CMD or CMD-SHELL.
	Test                           []string
	Interval, Timeout, StartPeriod time.Duration
	Retries                        int
}

// Condition is what a container waits for in another one.
type Condition string

// The conditions, in ECS's words.
const (
	ConditionStart   Condition = "START"   // it was started
	ConditionHealthy Condition = "HEALTHY" // it passed its health check
	ConditionSuccess Condition = "SUCCESS" // it ended with exit code 0
)

// Dependency is another container, and what is waited for in it.
type Dependency struct {
	Container string
	Condition Condition
}

// Store is where the value of a secret is kept.
type Store string

// The stores of secrets.
const (
	StoreSSM            Store = "ssm"            // a parameter of Systems Manager
	StoreSecretsManager Store = "secretsmanager" // a secret of Secrets Manager
)

// Secret is an environment variable whose value ECS reads as it starts the container.
type Secret struct {
	Variable string
	Store    Store
	// ID is the name of the parameter or of the secret, or its ARN.
	ID string
	// Key is the one value of a secret that is a JSON object. Empty is the whole.
	Key string
}

// Volume is a folder that outlives its containers or is shared by them.
type Volume struct {
	Name string
	// EFS is nil for a folder on the task's own disk, which starts empty and ends with the task.
	EFS *EFS
}

// EFS says where in Elastic File System a volume is kept. The zero value asks for an access point of its own, in a
// file system that is made for the application. Transit is always encrypted.
type EFS struct {
	FileSystem  string // an existing one, fs-...
	AccessPoint string // an existing one, fsap-...; its own path is the volume's
	Root        string // a folder of the file system, without an access point
}

// Mount is where a container sees a volume.
type Mount struct {
	Volume, Path string
	ReadOnly     bool
}

// Tmpfs is a folder in memory. Size is in MiB and counts against the container's memory.
type Tmpfs struct {
	Path    string
	Size    int
	Options []string
}

// Limit is a soft and a hard limit.
type Limit struct{ Soft, Hard int }
