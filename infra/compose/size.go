package compose

import "slices"

// tier is a CPU size of Fargate with the memory that goes with it.
type tier struct{ cpu, least, most, step int }

// tiers are Fargate's sizes for Linux: CPU units and MiB. 0.25 vCPU takes 512, 1024 or 2048 MiB. From 8 vCPU on they
// need platform version 1.4.0, which is what LATEST means.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
var tiers = []tier{
	{256, 512, 2048, 512},
	{512, 1024, 4096, 1024},
	{1024, 2048, 8192, 1024},
	{2048, 4096, 16384, 1024},
	{4096, 8192, 30720, 1024},
	{8192, 16384, 61440, 4096},
	{16384, 32768, 122880, 8192},
}

// memories are the tier's memory sizes, the smallest first.
func (t tier) memories() []int {
	var sizes []int
	for size := t.least; size <= t.most; size += t.step {
		if t.cpu == 256 && size == 1536 {
			continue
		}
		sizes = append(sizes, size)
	}
	return sizes
}

// fit returns the smallest size of Fargate with at least so much CPU and memory, and false if there is none. There is a
// smallest one: less CPU never needs more memory.
func fit(cpu, memory int) (int, int, bool) {
	for _, t := range tiers {
		for _, size := range t.memories() {
			if t.cpu >= cpu && size >= memory {
				return t.cpu, size, true
			}
		}
	}
	return 0, 0, false
}

// isCPU tells whether Fargate has a CPU size.
func isCPU(cpu int) bool {
	return slices.ContainsFunc(tiers, func(t tier) bool { return t.cpu == cpu })
}
