package compose

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sizes are the task sizes that AWS documents for Linux on Fargate, CPU units and MiB, written out:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
func sizes() [][2]int {
	all := [][2]int{{256, 512}, {256, 1024}, {256, 2048}}
	for _, s := range []struct{ cpu, least, most, step int }{ // of memory, in GiB
		{512, 1, 4, 1}, {1024, 2, 8, 1}, {2048, 4, 16, 1}, {4096, 8, 30, 1}, {8192, 16, 60, 4}, {16384, 32, 120, 8},
	} {
		for gib := s.least; gib <= s.most; gib += s.step {
			all = append(all, [2]int{s.cpu, gib * 1024})
		}
	}
	return all
}

// TestFit: a task gets a size that Fargate has and that is enough, and every other such size is at least as large in
// both respects. What gets none has none.
func TestFit(t *testing.T) {
	all := sizes()
	rapid.Check(t, func(t *rapid.T) {
		cpu := rapid.IntRange(0, 17_000).Draw(t, "cpu")
		memory := rapid.IntRange(0, 125_000).Draw(t, "memory")
		gotCPU, gotMemory, ok := fit(cpu, memory)
		enough := func(size [2]int) bool { return size[0] >= cpu && size[1] >= memory }
		if ok != slices.ContainsFunc(all, enough) {
			t.Fatalf("fit(%d, %d) found a size: %v", cpu, memory, ok)
		}
		if !ok {
			return
		}
		got := [2]int{gotCPU, gotMemory}
		if !slices.Contains(all, got) || !enough(got) {
			t.Fatalf("fit(%d, %d) = %v, which Fargate does not have or which is too small", cpu, memory, got)
		}
		for _, size := range all {
			if enough(size) && (size[0] < gotCPU || size[1] < gotMemory) {
				t.Fatalf("fit(%d, %d) = %v, but %v is enough", cpu, memory, got, size)
			}
		}
	})
}

func TestFitEdges(t *testing.T) {
	for _, c := range []struct{ cpu, memory, wantCPU, wantMemory int }{
		{0, 0, 256, 512},
		{256, 512, 256, 512},
		{256, 513, 256, 1024},
		{256, 1025, 256, 2048}, // there is no 1536
		{256, 2049, 512, 3072},
		{257, 1, 512, 1024},
		{1025, 1, 2048, 4096},
		{4096, 30720, 4096, 30720},
		{4096, 30721, 8192, 32768},
		{8193, 0, 16384, 32768},
		{16384, 122880, 16384, 122880},
		{16384, 122881, 0, 0},
		{16385, 1, 0, 0},
	} {
		cpu, memory, ok := fit(c.cpu, c.memory)
		if cpu != c.wantCPU || memory != c.wantMemory || ok != (c.wantCPU > 0) {
			t.Errorf("fit(%d, %d) = %d, %d, %v, want %d, %d", c.cpu, c.memory, cpu, memory, ok, c.wantCPU, c.wantMemory)
		}
	}
}
