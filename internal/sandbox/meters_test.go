package sandbox_test

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
)

// want is a task that is to run by somebody's word, with the reaper out of the way.
func (w *world) want(tasks int32) {
	w.t.Helper()
	_, err := w.Clients().ECS.UpdateService(w.t.Context(), &ecs.UpdateServiceInput{
		Cluster: aws.String(sandbox.Cluster), Service: aws.String(sandbox.Service), DesiredCount: &tasks,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// figures are the maxima of a metric by the hour since the bubble's beginning.
func figures(
	t *testing.T, client *cloudwatch.Client, namespace, metric string, statistic types.Statistic, of map[string]string,
) map[int]float64 {
	t.Helper()
	begin := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: &namespace, MetricName: &metric, Period: aws.Int32(3600), Statistics: []types.Statistic{statistic},
		StartTime: &begin, EndTime: aws.Time(time.Now().Add(time.Minute)),
	}
	for name, value := range of {
		in.Dimensions = append(in.Dimensions, types.Dimension{Name: &name, Value: &value})
	}
	out, err := client.GetMetricStatistics(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]float64{}
	for _, p := range out.Datapoints {
		value := p.Maximum
		if statistic == types.StatisticSampleCount {
			value = p.SampleCount
		}
		all[int(p.Timestamp.Sub(begin).Hours())] = *value
	}
	return all
}

func bill(t *testing.T, client *cloudwatch.Client, service string) map[int]float64 {
	t.Helper()
	of := map[string]string{"Currency": "USD"}
	if service != "" {
		of["ServiceName"] = service
	}
	return figures(t, client, billing.Namespace, billing.Metric, types.StatisticMaximum, of)
}

// TestMetersAgree: both meters tell of the same tasks, the samples minutes late and the bill at its next figure. They
// differ by what has no samples: the pull, and what is left of a last minute.
func TestMetersAgree(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{NoScheduler: true, MetricLag: 2 * time.Minute, Task: price.Task{CPU: 4096, MemoryMiB: 8192}}
	inBubble(t, o, func(t *testing.T, w *world) {
		w.want(2)
		w.pass(3 * time.Hour)
		w.want(0)
		w.pass(3*time.Hour + 10*time.Minute)
		client := w.Clients()
		samples := figures(t, client.CloudWatch, "AWS/ECS", "CPUUtilization", types.StatisticSampleCount,
			map[string]string{"ClusterName": sandbox.Cluster, "ServiceName": sandbox.Service})
		if diff := cmp.Diff(map[int]float64{0: 120, 1: 120, 2: 120}, samples); diff != "" {
			t.Errorf("samples by the hour (-want +got):\n%s", diff)
		}
		hourly, err := price.Default().Task("eu-west-3", o.Task)
		if err != nil {
			t.Fatal(err)
		}
		charged := bill(t, client.Billing, "AmazonECS")
		if got, counted := charged[6], 360.0/60*hourly; math.Abs(got-counted) > 0.02 || len(charged) != 1 {
			t.Errorf("billed %v USD, counted %.2f", charged, counted)
		}
		// Six hours of a load balancer with two addresses, in which no function ran.
		fixed, err := price.Default().Bill("eu-west-3",
			price.Amount{Item: price.ALB, Units: 6}, price.Amount{Item: price.IPv4, Units: 12})
		if err != nil {
			t.Fatal(err)
		}
		if total := bill(t, client.Billing, "")[6]; math.Abs(total-fixed-charged[6]) > 0.011 {
			t.Errorf("the total is %.2f, want %.2f", total, fixed+charged[6])
		}
	})
}

// TestBillIsToldInOneRegion: in us-east-1, wherever the service is; and what is measured there is told there.
func TestBillIsToldInOneRegion(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Options{NoScheduler: true, Bill: billing.Options{Hourly: 1}}, func(t *testing.T, w *world) {
		w.want(1)
		w.pass(7 * time.Hour)
		client := w.Clients()
		if there, here := bill(t, client.Billing, ""), bill(t, client.CloudWatch, ""); there[6] < 6 || len(here) != 0 {
			t.Errorf("in us-east-1 %v, in the service's Region %v", there, here)
		}
		of := map[string]string{"ClusterName": sandbox.Cluster, "ServiceName": sandbox.Service}
		if there := figures(t, client.Billing, "AWS/ECS", "CPUUtilization", types.StatisticMaximum, of); len(there) != 0 {
			t.Errorf("utilisation in us-east-1: %v", there)
		}
	})
}

func TestBillThatIsOff(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{NoScheduler: true, Bill: billing.Options{Off: true, Hourly: 1}}
	inBubble(t, o, func(t *testing.T, w *world) {
		w.pass(13 * time.Hour)
		if all := bill(t, w.Clients().Billing, ""); len(all) != 0 {
			t.Errorf("got %v", all)
		}
	})
}

// TestTaskThatNeverRanIsBilled: from its pull to its stop, as ECS tells them, a minute at least.
func TestTaskThatNeverRanIsBilled(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{NoScheduler: true, TaskStart: 2 * time.Minute, Plan: func(n int) coreecs.Plan {
		return coreecs.Plan{FailStart: map[bool]string{true: "CannotPullContainerError"}[n <= 2]}
	}}
	inBubble(t, o, func(t *testing.T, w *world) {
		w.want(1)
		w.pass(6 * time.Minute)
		w.want(0)
		w.pass(time.Minute)
		hourly, err := price.Default().Task("eu-west-3", price.Task{CPU: 256, MemoryMiB: 512})
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		for _, task := range w.stopped() {
			want += price.Run(hourly, task.StoppedAt.Sub(*task.PullStartedAt))
		}
		if got := w.Account.Charges(time.Now())["AmazonECS"]; len(w.stopped()) != 3 || math.Abs(got-want) > 1e-9 {
			t.Errorf("%.9f USD for %d tasks, want %.9f", got, len(w.stopped()), want)
		}
	})
}

// stopped are the service's tasks that have stopped within the hour.
func (w *world) stopped() []ecstypes.Task {
	w.t.Helper()
	client, cluster := w.Clients().ECS, aws.String(sandbox.Cluster)
	list, err := client.ListTasks(w.t.Context(), &ecs.ListTasksInput{
		Cluster: cluster, DesiredStatus: ecstypes.DesiredStatusStopped,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := client.DescribeTasks(w.t.Context(), &ecs.DescribeTasksInput{Cluster: cluster, Tasks: list.TaskArns})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Tasks
}

func TestTaskSizeMustBeOne(t *testing.T) {
	t.Parallel()
	_, err := sandbox.New(t.Context(), sandbox.Options{Task: price.Task{CPU: 300, MemoryMiB: 512}})
	if err == nil || err.Error() != "price a task: task size: cpu: 300 must be 256, 512, 1024, 2048, 4096, 8192 or 16384" {
		t.Errorf("got %v", err)
	}
}

// records keeps what is logged by one actor.
type records struct {
	slog.Handler
	mu  *sync.Mutex
	all *[]string
}

func newRecords() records {
	return records{Handler: slog.DiscardHandler, mu: &sync.Mutex{}, all: &[]string{}}
}

func (records) Enabled(context.Context, slog.Level) bool { return true }

func (r records) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		if a.Key == "actor" {
			return function{r, a.Value.String()}
		}
	}
	return r
}

func (r records) Handle(_ context.Context, record slog.Record) error {
	line := map[string]string{}
	record.Attrs(func(a slog.Attr) bool { line[a.Key] = a.Value.String(); return true })
	r.add(line["actor"] + " " + line["action"] + " " + line["reason"])
	return nil
}

func (r records) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*r.all = append(*r.all, line)
}

func (r records) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(*r.all)
}

// runs are the minutes in which a function logged anything.
func (r records) runs(function string) (minutes []string) {
	for _, line := range r.lines() {
		if at, ok := strings.CutPrefix(line, function+" at "); ok && !slices.Contains(minutes, at) {
			minutes = append(minutes, at)
		}
	}
	return minutes
}

// function is one that logs.
type function struct {
	records
	name string
}

func (f function) WithAttrs([]slog.Attr) slog.Handler { return f }

func (f function) Handle(context.Context, slog.Record) error {
	f.add(f.name + " at " + time.Now().UTC().Format("15:04"))
	return nil
}

// TestGuardRunsByTheHour, by its own schedule beside the reaper's.
func TestGuardRunsByTheHour(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration][]string{
		0:                {"00:00", "01:00", "02:00"},
		40 * time.Minute: {"00:40", "01:40"},
	} {
		log := newRecords()
		inBubble(t, sandbox.Options{GuardAfter: after, Log: slog.New(log)}, func(t *testing.T, w *world) {
			w.pass(2*time.Hour + 30*time.Minute)
			if diff := cmp.Diff(want, log.runs("costguard")); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", after, diff)
			}
			before := len(log.lines())
			if err := w.Guard(t.Context()); err != nil || len(log.lines()) == before {
				t.Errorf("invoked by hand: %v", err)
			}
		})
	}
}

// TestMessagesAreLogged: what would be sent to people is to be seen by those who watch the sandbox.
func TestMessagesAreLogged(t *testing.T) {
	t.Parallel()
	log := newRecords()
	inBubble(t, sandbox.Options{NoScheduler: true, Log: slog.New(log)}, func(t *testing.T, w *world) {
		client := w.Clients().SNS
		topic, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("alarms")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Publish(t.Context(), &sns.PublishInput{
			TopicArn: topic.TopicArn, Subject: aws.String("80 % spent"), Message: aws.String("a"),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		if lines := log.lines(); !slices.Contains(lines, "sns message 80 % spent") {
			t.Errorf("logged %q", lines)
		}
		if kept := w.SNS.Messages(); len(kept) != 1 || kept[0].Subject != "80 % spent" {
			t.Errorf("kept %+v", kept)
		}
	})
}
