package price

import (
	"fmt"
	"time"
)

// Task is the size of a Fargate task, and how it is bought.
type Task struct {
	CPU          int // CPU units; 1024 are one vCPU
	MemoryMiB    int
	ARM          bool
	Spot         bool
	EphemeralGiB int // 0 means the 20 GiB that are included; otherwise 21 to 200
}

// included is the ephemeral storage that costs nothing.
const included = 20

// Task returns what a task costs an hour, in USD. Sizes that Fargate does not have and prices that are not known are
// errors. Spot varies by the day and by the place: its price is an estimate, and storage is not discounted.
func (t Table) Task(region string, task Task) (float64, error) {
	if err := task.Validate(); err != nil {
		return 0, err
	}
	vcpu, gb := task.items()
	amounts := []Amount{
		{Item: vcpu, Units: float64(task.CPU) / 1024},
		{Item: gb, Units: float64(task.MemoryMiB) / 1024},
	}
	if task.EphemeralGiB > included {
		amounts = append(amounts, Amount{Item: FargateStorage, Units: float64(task.EphemeralGiB - included)})
	}
	return t.Bill(region, amounts...)
}

func (task Task) items() (vcpu, gb Item) {
	switch {
	case task.Spot && task.ARM:
		return FargateSpotARMVCPU, FargateSpotARMGB
	case task.Spot:
		return FargateSpotVCPU, FargateSpotGB
	case task.ARM:
		return FargateARMVCPU, FargateARMGB
	default:
		return FargateVCPU, FargateGB
	}
}

// memory is what goes with a CPU size: from Least to Most MiB in steps of Step.
type memory struct{ Least, Most, Step int }

// sizes are Fargate's for Linux (docs.aws.amazon.com, AmazonECS, task-cpu-memory-error). 256 units go with 512 MiB
// too.
var sizes = map[int]memory{
	256:   {Least: 1024, Most: 2048, Step: 1024},
	512:   {Least: 1024, Most: 4096, Step: 1024},
	1024:  {Least: 2048, Most: 8192, Step: 1024},
	2048:  {Least: 4096, Most: 16384, Step: 1024},
	4096:  {Least: 8192, Most: 30720, Step: 1024},
	8192:  {Least: 16384, Most: 61440, Step: 4096},
	16384: {Least: 32768, Most: 122880, Step: 8192},
}

// Validate refuses sizes that Fargate does not have. The error names the field and quotes the value.
func (task Task) Validate() error {
	m, ok := sizes[task.CPU]
	if !ok {
		return fmt.Errorf("task size: cpu: %d must be 256, 512, 1024, 2048, 4096, 8192 or 16384", task.CPU)
	}
	smallest := task.CPU == 256 && task.MemoryMiB == 512
	if !smallest && (task.MemoryMiB < m.Least || task.MemoryMiB > m.Most || (task.MemoryMiB-m.Least)%m.Step != 0) {
		return fmt.Errorf("task size: memory: %d MiB do not go with %d CPU units, which have %s",
			task.MemoryMiB, task.CPU, m.words(task.CPU))
	}
	if e := task.EphemeralGiB; e != 0 && (e <= included || e > 200) {
		return fmt.Errorf("task size: ephemeral storage: %d GiB must be 0 for the %d GiB included, or 21 to 200", e, included)
	}
	return nil
}

func (m memory) words(cpu int) string {
	text := fmt.Sprintf("%d to %d in steps of %d", m.Least, m.Most, m.Step)
	if cpu == 256 {
		return "512, or " + text
	}
	return text
}

// Billed is the time that Fargate bills for a task that ran for d: whole seconds, rounded up, one minute at least. A
// task that did not run is not billed.
func Billed(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	seconds := (d + time.Second - 1) / time.Second
	return max(seconds*time.Second, time.Minute)
}

// Run is what one run of a task costs that takes d, from the start of the image pull to the stop, at an hourly price.
// The result is not rounded: AWS rounds the line of the bill, and not each task.
func Run(hourly float64, d time.Duration) float64 { return hourly * Billed(d).Seconds() / 3600 }
