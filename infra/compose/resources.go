package compose

import (
	"fmt"
	"math"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// The extensions at the top that set the task's size: CPU units (1024 a vCPU), and memory in MiB or with a unit, like
// 2gb.
const (
	wholeCPU    = ours + "cpu"
	wholeMemory = ours + "memory"
)

// What a service counts that sets no limit: the smallest size of Fargate.
const (
	defaultCPU    = 256
	defaultMemory = 512
)

// leastMemory is what Docker takes for a container at least, in MiB.
const leastMemory = 6

// amount is what a service asks for. CPU is in millionths of a vCPU, so that 0.4 and 0.1 and 0.5 make 1; memory is in
// MiB. -1 is what it does not say.
type amount struct{ cpu, memory int }

const unsaid = -1

// asked reads what a service asks for: its limit, or else its reservation.
func asked(s types.ServiceConfig) (limit, reserved amount) {
	limit = amount{micros(s.CPUS), memoryOf(s.MemLimit)}
	reserved = amount{unsaid, memoryOf(s.MemReservation)}
	if s.Deploy == nil {
		return limit, reserved
	}
	if l := s.Deploy.Resources.Limits; l != nil {
		limit = amount{said(limit.cpu, micros(l.NanoCPUs.Value())), said(limit.memory, memoryOf(l.MemoryBytes))}
	}
	if r := s.Deploy.Resources.Reservations; r != nil {
		reserved = amount{micros(r.NanoCPUs.Value()), said(reserved.memory, memoryOf(r.MemoryBytes))}
	}
	return limit, reserved
}

func said(first, second int) int {
	if first != unsaid {
		return first
	}
	return second
}

func micros(cpus float32) int {
	if cpus == 0 {
		return unsaid
	}
	return int(math.Round(min(max(float64(cpus), -1e6), 1e6) * 1e6))
}

func memoryOf(size types.UnitBytes) int {
	if size == 0 {
		return unsaid
	}
	return mebibytes(int64(size))
}

// limits sets what a container may use.
func (c *conversion) limits(container *Container, s types.ServiceConfig) {
	limit, reserved := asked(s)
	c.checkTwice(s)
	p := at("services", s.Name)
	for _, cpu := range []int{limit.cpu, reserved.cpu} {
		if cpu != unsaid && cpu < 1000 {
			c.add(c.cpuPath(s), "cpus must be at least 0.001")
		}
	}
	for _, size := range []int{limit.memory, reserved.memory} {
		if size != unsaid && size < leastMemory {
			c.add(c.memoryPath(s), fmt.Sprintf("must be at least %d MiB of memory", leastMemory))
		}
	}
	if limit.memory != unsaid && reserved.memory > limit.memory {
		c.add(c.memoryPath(s), fmt.Sprintf("reserves %d MiB, must be at most its limit, %d MiB",
			reserved.memory, limit.memory))
	}
	if limit.cpu != unsaid && reserved.cpu > limit.cpu {
		c.add(p.to("deploy", "resources", "reservations", "cpus"), "must be at most its limit")
	}
	if cpu := said(limit.cpu, reserved.cpu); cpu != unsaid {
		container.CPU = cpu * 1024 / 1e6 // rounded down, or they would be more than the task together
	}
	container.Memory, container.Reservation = max(0, limit.memory), max(0, reserved.memory)
	if container.Reservation == container.Memory {
		container.Reservation = 0 // ECS wants it below
	}
}

// checkTwice: the short keys and those of deploy must say the same.
func (c *conversion) checkTwice(s types.ServiceConfig) {
	if s.Deploy == nil {
		return
	}
	p := at("services", s.Name)
	if l := s.Deploy.Resources.Limits; l != nil {
		same := s.CPUS == 0 || l.NanoCPUs == 0 || s.CPUS == l.NanoCPUs.Value()
		c.check(same, p.to("cpus"), "must be as deploy.resources.limits.cpus, or left out")
		same = s.MemLimit == 0 || l.MemoryBytes == 0 || s.MemLimit == l.MemoryBytes
		c.check(same, p.to("mem_limit"), "must be as deploy.resources.limits.memory, or left out")
	}
	if r := s.Deploy.Resources.Reservations; r != nil {
		same := s.MemReservation == 0 || r.MemoryBytes == 0 || s.MemReservation == r.MemoryBytes
		c.check(same, p.to("mem_reservation"), "must be as deploy.resources.reservations.memory, or left out")
	}
}

func (c *conversion) cpuPath(s types.ServiceConfig) path {
	if s.CPUS != 0 {
		return at("services", s.Name, "cpus")
	}
	return at("services", s.Name, "deploy", "resources")
}

func (c *conversion) memoryPath(s types.ServiceConfig) path {
	switch {
	case s.MemLimit != 0:
		return at("services", s.Name, "mem_limit")
	case s.MemReservation != 0:
		return at("services", s.Name, "mem_reservation")
	default:
		return at("services", s.Name, "deploy", "resources")
	}
}

// total is what all services ask for together, in CPU units and MiB, with and without those that do not say.
func (c *conversion) total() (explicit, counted amount) {
	var silent []string
	for _, name := range c.names() {
		limit, reserved := asked(c.project.Services[name])
		cpu, memory := said(limit.cpu, reserved.cpu), said(limit.memory, reserved.memory)
		explicit.cpu, explicit.memory = explicit.cpu+max(0, cpu), explicit.memory+max(0, memory)
		if cpu == unsaid {
			counted.cpu += defaultCPU
		}
		if memory == unsaid {
			counted.memory += defaultMemory
		}
		if cpu == unsaid || memory == unsaid {
			silent = append(silent, name)
		}
	}
	explicit.cpu = (explicit.cpu*1024 + 1e6 - 1) / 1e6
	counted = amount{explicit.cpu + counted.cpu, explicit.memory + counted.memory}
	if len(silent) > 0 && c.project.Extensions[wholeCPU] == nil && c.project.Extensions[wholeMemory] == nil {
		c.note(at("services"), fmt.Sprintf(
			"CPU and memory that a service sets no limit for count as %d CPU units and %d MiB: %s",
			defaultCPU, defaultMemory, strings.Join(silent, ", ")))
	}
	return explicit, counted
}

// size is the task's: the smallest that holds all containers, or what the extensions say.
func (c *conversion) size() (cpu, memory int) {
	explicit, counted := c.total()
	if c.touched("deploy", "cpus", "mem_limit", "mem_reservation", wholeCPU, wholeMemory) {
		return 0, 0
	}
	wanted, ok := c.wanted(explicit)
	if !ok {
		return 0, 0
	}
	least := amount{said(wanted.cpu, explicit.cpu), said(wanted.memory, explicit.memory)}
	if wanted.cpu == unsaid && wanted.memory == unsaid {
		least = counted
	}
	cpu, memory, ok = fit(least.cpu, least.memory)
	if !ok {
		c.add(at("services"), fmt.Sprintf("ask for %d CPU units and %d MiB together, must be at most 16384 and 122880: "+
			"Fargate has no larger task", least.cpu, least.memory))
	}
	exact := (wanted.cpu == unsaid || wanted.cpu == cpu) && (wanted.memory == unsaid || wanted.memory == memory)
	if ok && !exact {
		c.add(at(wholeMemory), fmt.Sprintf("Fargate has no task of %d CPU units and %d MiB: the next is %d and %d",
			least.cpu, least.memory, cpu, memory))
	}
	return cpu, memory
}

// wanted reads the extensions, which may not be less than what the containers are promised.
func (c *conversion) wanted(explicit amount) (amount, bool) {
	result := amount{unsaid, unsaid}
	ok := true
	if value := c.project.Extensions[wholeCPU]; value != nil {
		n, isNumber := number(value)
		ok = c.check(isNumber && isCPU(n), at(wholeCPU),
			"must be 256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units; 1024 are a vCPU")
		ok = ok && c.check(n >= explicit.cpu, at(wholeCPU),
			fmt.Sprintf("must be at least what the services ask for, %d", explicit.cpu))
		result.cpu = n
	}
	if value := c.project.Extensions[wholeMemory]; value != nil {
		n, isNumber := number(value)
		if text, isText := value.(string); isText && !isNumber {
			n, isNumber = mebibytes(bytesOf(text)), bytesOf(text) > 0
		}
		isSize := c.check(isNumber && n > 0, at(wholeMemory), "must be in MiB, like 2048, or have a unit, like 2gb")
		ok = isSize && ok && c.check(n >= explicit.memory, at(wholeMemory),
			fmt.Sprintf("must be at least what the services ask for, %d MiB", explicit.memory))
		result.memory = n
	}
	return result, ok
}
