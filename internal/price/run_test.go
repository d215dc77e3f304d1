package price_test

import (
	"math"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/price"
)

// told are the overrides of two cases: one price of a Region that is known, and a Region of which nothing else is.
var told = price.Overrides{
	"us-east-2":  {"fargate_vcpu_hour": 0.05},
	"eu-north-1": {"fargate_vcpu_hour": 0.0445, "fargate_gb_hour": 0.0049},
}

// runs are computed by hand from the prices of the file. The third column is the way there: vCPUs x price + GB x price
// (+ GiB above 20 x price) = USD an hour, then x hours, or x billed seconds / 3600.
var runs = []struct {
	name   string
	region string
	by     string
	task   price.Task
	ran    time.Duration
	want   float64
}{
	{"the smallest, an hour", "us-east-1", "0.25x0.04048 + 0.5x0.004445 = 0.01012 + 0.0022225", small, time.Hour, 0.0123425},
	{"the smallest, 30 days", "us-east-1", "0.0123425 x 720", small, 720 * time.Hour, 8.8866},
	{"1 vCPU 2 GB, 730 hours", "us-east-1", "(0.04048 + 2x0.004445 = 0.04937) x 730", medium, 730 * time.Hour, 36.0401},
	{"one minute at least", "us-east-1", "0.0123425 x 60/3600", small, time.Second, 0.0002057083333},
	{"just a minute", "us-east-1", "0.0123425 x 60/3600", small, time.Minute, 0.0002057083333},
	{"59.2 s are a minute", "us-east-1", "0.0123425 x 60/3600", small, 59200 * time.Millisecond, 0.0002057083333},
	{"60.001 s are 61", "us-east-1", "0.0123425 x 61/3600 = 0.7528925/3600", small, 60001 * time.Millisecond, 0.0002091368056},
	{"90 min and half a second", "us-east-1", "0.04937 x 5401/3600 = 266.64737/3600", medium, 90*time.Minute + 500*time.Millisecond, 0.07406871389},
	{"no run", "us-east-1", "0", medium, 0, 0},
	{"the largest", "us-east-1", "16x0.04048 + 120x0.004445 = 0.64768 + 0.5334", price.Task{CPU: 16384, MemoryMiB: 122880}, time.Hour, 1.18108},
	{"ARM, ten hours", "us-east-1", "(0.5x0.03238 + 1x0.00356 = 0.01975) x 10", price.Task{CPU: 512, MemoryMiB: 1024, ARM: true}, 10 * time.Hour, 0.1975},
	{"ARM, 30 GB, a day", "us-west-2", "(4x0.03238 + 30x0.00356 = 0.12952 + 0.1068) x 24", price.Task{CPU: 4096, MemoryMiB: 30720, ARM: true}, 24 * time.Hour, 5.67168},
	{"Spot", "us-east-1", "0.016192 + 4x0.001778 = 0.016192 + 0.007112", price.Task{CPU: 1024, MemoryMiB: 4096, Spot: true}, time.Hour, 0.023304},
	{"Spot on ARM", "us-east-1", "0.25x0.012952 + 0.5x0.001424 = 0.003238 + 0.000712", price.Task{CPU: 256, MemoryMiB: 512, ARM: true, Spot: true}, time.Hour, 0.00395},
	{"Paris, an hour", "eu-west-3", "0.25x0.0486 + 0.5x0.0053 = 0.01215 + 0.00265", small, time.Hour, 0.0148},
	{"Paris, 730 hours", "eu-west-3", "(0.0486 + 2x0.0053 = 0.0592) x 730", medium, 730 * time.Hour, 43.216},
	{"Paris on ARM", "eu-west-3", "0.25x0.03888 + 1x0.00424 = 0.00972 + 0.00424", price.Task{CPU: 256, MemoryMiB: 1024, ARM: true}, time.Hour, 0.01396},
	{"Paris, Spot, 20 minutes", "eu-west-3", "(0.5x0.01944 + 1x0.00212 = 0.01184) x 1200/3600", price.Task{CPU: 512, MemoryMiB: 1024, Spot: true}, 20 * time.Minute, 0.003946666667},
	{"a GiB more", "us-east-1", "0.0123425 + 1x0.000111", price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 21}, time.Hour, 0.0124535},
	{"200 GiB", "us-east-1", "0.0123425 + 180x0.000111 = 0.0123425 + 0.01998", price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 200}, time.Hour, 0.0323225},
	{"50 GiB in Paris", "eu-west-3", "0.0148 + 30x0.000133 = 0.0148 + 0.00399", price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 50}, time.Hour, 0.01879},
	{"Spot with 40 GiB", "us-east-1", "0.25x0.016192 + 0.5x0.001778 + 20x0.000111 = 0.004048 + 0.000889 + 0.00222", price.Task{CPU: 256, MemoryMiB: 512, Spot: true, EphemeralGiB: 40}, time.Hour, 0.007157},
	{"a price that was told", "us-east-2", "0.25x0.05 + 0.5x0.004445 = 0.0125 + 0.0022225", small, time.Hour, 0.0147225},
	{"a Region that was told", "eu-north-1", "2x0.0445 + 4x0.0049 = 0.089 + 0.0196", price.Task{CPU: 2048, MemoryMiB: 4096}, time.Hour, 0.1086},
}

var (
	small  = price.Task{CPU: 256, MemoryMiB: 512}
	medium = price.Task{CPU: 1024, MemoryMiB: 2048}
)

func TestRun(t *testing.T) {
	table, err := price.Default().With(told)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range runs {
		hourly, err := table.Task(c.region, c.task)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := price.Run(hourly, c.ran); math.Abs(got-c.want) > 1e-9*max(c.want, 0.001) {
			t.Errorf("%s: %.12g USD, want %s = %.12g", c.name, got, c.by, c.want)
		}
	}
}
