package sandbox_test

import (
	"maps"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/price"
)

var (
	smallTask = price.Task{CPU: 256, MemoryMiB: 512}
	largeTask = price.Task{CPU: 1024, MemoryMiB: 2048}
)

// counted is what months are computed from: what the sandbox counts, rounded up, so that the document stays the same
// from run to run. A task starts in 20 s here, and on AWS perhaps in a minute; it is billed for 310 s after the last
// request at the worst, and 10 s to drain.
func counted() measured {
	return measured{
		asleep: use{
			runs: map[string]float64{"reaper": 60}, seconds: map[string]float64{"reaper": 6}, logged: 10e3,
			calls: map[string]float64{
				"DescribeRules": 60, "DescribeServices": 60, "GetParameter": 60, "GetParametersByPath": 60,
			},
		},
		inUse: use{
			runs: map[string]float64{"reaper": 60}, seconds: map[string]float64{"reaper": 3480},
			logged: 21e3, tasks: 1,
			calls: map[string]float64{
				"DescribeRules": 125, "DescribeServices": 125, "DescribeTargetHealth": 125, "GetMetricStatistics": 130,
				"GetParameter": 65, "GetParametersByPath": 65,
			},
		},
		visit: use{
			runs:    map[string]float64{"reaper": 5, "waker": 1},
			seconds: map[string]float64{"reaper": 120, "waker": 25}, logged: 2e3, tasks: 0.1,
			calls: map[string]float64{
				"DescribeRules": 25, "DescribeServices": 20, "DescribeTargetHealth": 60, "GetMetricStatistics": 5,
				"GetParameter": 10, "GetParametersByPath": 10, "GetTaskProtection": 3, "ListTasks": 3, "ModifyRule": 3,
				"PutParameter": 1, "UpdateService": 5,
			},
		},
		guard: use{
			runs: map[string]float64{"costguard": 1}, seconds: map[string]float64{"costguard": 0.25},
			logged: 300,
			calls: map[string]float64{
				"DescribeServices": 1, "DescribeTaskDefinition": 1, "GetMetricStatistics": 3, "GetParameter": 4,
				"GetParametersByPath": 1,
			},
		},
	}
}

// TestCostIsCounted: nothing takes more than the document says, and an hour not much less.
func TestCostIsCounted(t *testing.T) {
	t.Parallel()
	got, most := measure(t), counted()
	for _, c := range []struct {
		name      string
		got, most use
		least     float64 // share of most
	}{
		{"an hour asleep", got.asleep, most.asleep, 0.75},
		{"an hour in use", got.inUse, most.inUse, 0.75},
		{"a visit", got.visit, most.visit, 0},
		{"a run of the cost guard", got.guard, most.guard, 0.6},
	} {
		within := func(what string, got, most float64) {
			if got > most+1e-6 || got < c.least*most {
				t.Errorf("%s: %s: %.2f, counted as %.2f", c.name, what, got, most)
			}
		}
		for operation := range maps.Keys(got.inUse.plus(1, got.visit).plus(1, c.got).plus(1, c.most).calls) {
			within(operation, c.got.calls[operation], c.most.calls[operation])
		}
		for _, function := range []string{"waker", "reaper", "costguard"} {
			within(function, c.got.runs[function], c.most.runs[function])
			within("seconds of "+function, c.got.seconds[function], c.most.seconds[function])
		}
		within("bytes logged", c.got.logged, c.most.logged)
		within("hours of tasks", c.got.tasks, c.most.tasks)
	}
}

// month is how a service is used: 730 hours, in so many of which it is in use, in so many visits.
type month struct {
	name          string
	hours, visits float64
}

const monthHours = 730

var months = []month{
	{"never", 0, 0},
	{"2 h a day, in four visits", 2 * monthHours / 24, 4 * monthHours / 24},
	{"8 h on 22 days", 8 * 22, 22},
	{"all the time", monthHours, 0},
}

// used is what all of a month used.
func (m month) used() use {
	c := counted()
	away := max(0, monthHours-m.hours-m.visits*c.visit.tasks)
	return use{}.plus(away, c.asleep).plus(m.hours, c.inUse).plus(m.visits, c.visit).plus(monthHours, c.guard)
}

const (
	// work is what an invocation takes beside the time that it waits, in seconds: nothing was measured on AWS.
	work = 0.5
	// platform is what Lambda itself logs for an invocation, in bytes: three lines.
	platform = 1000
	keptDays = 7
	mails    = 10
)

// billLine is one of catnap's own bill.
type billLine struct {
	name   string
	amount price.Amount
	free   float64 // units that an account has for nothing
}

// ownBill is catnap's own bill of a month.
func ownBill(t *testing.T, u use) []billLine {
	t.Helper()
	memory, alarms := template(t)
	var runs, gigabyteSeconds float64
	for name, n := range u.runs {
		runs += n
		gigabyteSeconds += (u.seconds[name] + work*n) * memory[name]
	}
	logged := (u.logged + platform*runs) / 1e9
	scheduled := runs - u.runs["waker"]
	parameters := u.calls["GetParameter"] + u.calls["GetParametersByPath"] + u.calls["PutParameter"]
	return []billLine{
		{"Lambda, invocations", price.Amount{Item: price.LambdaRequests, Units: runs / 1e6}, 1},
		{"Lambda, GB-seconds", price.Amount{Item: price.LambdaARMGBSecond, Units: gigabyteSeconds}, 400_000},
		{"schedules", price.Amount{Item: price.Schedules, Units: scheduled / 1e6}, 14},
		{"`GetMetricStatistics`", price.Amount{Item: price.MetricRequests, Units: u.calls["GetMetricStatistics"] / 1e3}, 1000},
		{"parameters, standard ones", price.Amount{Item: price.Parameters, Units: parameters / 1e3}, 0},
		{"logs, written", price.Amount{Item: price.LogsIn, Units: logged}, 5},
		{"logs, kept for a week", price.Amount{Item: price.LogsKept, Units: logged * keptDays * 24 / monthHours}, 5},
		{"alarms", price.Amount{Item: price.Alarm, Units: alarms}, 10},
		{"dashboard", price.Amount{Item: price.Dashboard, Units: 1}, 3},
		{"ten mails", price.Amount{Item: price.Emails, Units: mails / 1e3}, 1},
	}
}

// template is the memory of each function in GB, and the number of alarms, of what is deployed.
func template(t *testing.T) (memory map[string]float64, alarms float64) {
	t.Helper()
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	memory = map[string]float64{}
	sizes := regexp.MustCompile(`CodeUri: \S*(waker|reaper|costguard)[\s\S]*?MemorySize: (\d+)`)
	for _, size := range sizes.FindAllSubmatch(text, -1) {
		mb, err := strconv.ParseFloat(string(size[2]), 64)
		if err != nil {
			t.Fatal(err)
		}
		memory[string(size[1])] = mb / 1024
	}
	if len(memory) != 3 {
		t.Fatalf("memory of %v", memory)
	}
	return memory, float64(strings.Count(string(text), "Type: AWS::CloudWatch::Alarm\n"))
}

// own is what catnap costs in a month, in USD.
func (m month) own(t *testing.T, region string, freeTier bool) (sum float64) {
	t.Helper()
	for _, l := range ownBill(t, m.used()) {
		sum += l.usd(t, region, freeTier)
	}
	return sum
}

func (l billLine) usd(t *testing.T, region string, freeTier bool) float64 {
	t.Helper()
	if freeTier {
		l.amount.Units = max(0, l.amount.Units-l.free)
	}
	return listPrice(t, region, l.amount)
}

func listPrice(t *testing.T, region string, amounts ...price.Amount) float64 {
	t.Helper()
	usd, err := price.Default().Bill(region, amounts...)
	if err != nil {
		t.Fatal(err)
	}
	return usd
}

// hourly is a task with its public address.
func hourly(t *testing.T, region string, task price.Task) float64 {
	t.Helper()
	usd, err := price.Default().Task(region, task)
	if err != nil {
		t.Fatal(err)
	}
	return usd + listPrice(t, region, price.Amount{Item: price.IPv4, Units: 1})
}

// balancer is a load balancer with two addresses, for a month.
func balancer(t *testing.T, region string) float64 {
	t.Helper()
	return listPrice(t, region,
		price.Amount{Item: price.ALB, Units: monthHours}, price.Amount{Item: price.IPv4, Units: 2 * monthHours})
}
