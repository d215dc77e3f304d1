package price_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/price"
)

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

func TestDefaultKnowsItsRegionsInFull(t *testing.T) {
	table := price.Default()
	want := []string{"eu-west-1", "eu-west-3", "us-east-1", "us-east-2", "us-west-2"}
	if diff := cmp.Diff(want, table.Regions()); diff != "" {
		t.Errorf("Regions (-want +got):\n%s", diff)
	}
	for _, region := range table.Regions() {
		for _, item := range price.Items() {
			if p, err := table.Price(region, item); err != nil || p.Source == "" {
				t.Errorf("%s, %s: %+v, error %v", region, item, p, err)
			}
		}
	}
	if table.Date() != "2026-11-25" {
		t.Errorf("compiled on %s", table.Date())
	}
}

// A slip of the pen in the file shows where prices that belong together do not.
func TestPricesBelongTogether(t *testing.T) {
	table := price.Default()
	pairs := []struct {
		item, of    price.Item
		least, most float64
	}{
		{price.FargateARMVCPU, price.FargateVCPU, 0.79, 0.81},
		{price.FargateARMGB, price.FargateGB, 0.79, 0.81},
		{price.FargateSpotVCPU, price.FargateVCPU, 0.3, 0.5},
		{price.FargateSpotGB, price.FargateGB, 0.3, 0.5},
		{price.FargateSpotARMVCPU, price.FargateARMVCPU, 0.3, 0.5},
		{price.FargateSpotARMGB, price.FargateARMGB, 0.3, 0.5},
		{price.FargateGB, price.FargateVCPU, 0.1, 0.12},
		{price.FargateStorage, price.FargateGB, 0.024, 0.026},
		{price.LambdaARMGBSecond, price.LambdaGBSecond, 0.79, 0.81},
		{price.LCU, price.ALB, 0.3, 0.4},
		{price.LogsKept, price.LogsIn, 0.05, 0.07},
	}
	for _, region := range table.Regions() {
		for _, p := range pairs {
			item, _ := table.Price(region, p.item)
			of, _ := table.Price(region, p.of)
			if share := item.USD / of.USD; share < p.least || share > p.most {
				t.Errorf("%s: %s is %.3f of %s, want %.3f to %.3f", region, p.item, share, p.of, p.least, p.most)
			}
		}
	}
}

func TestBill(t *testing.T) {
	// 3 million requests x 0.20, 1,500 metrics x 0.01 a thousand, 2 dashboards x 3.
	got, err := price.Default().Bill("eu-west-3", price.Amount{Item: price.LambdaRequests, Units: 3},
		price.Amount{Item: price.MetricData, Units: 1.5}, price.Amount{Item: price.Dashboard, Units: 2})
	if err != nil || math.Abs(got-6.615) > 1e-12 {
		t.Errorf("%v USD, error %v, want 6.615", got, err)
	}
}

func TestUnknownRegionSaysWhatToDo(t *testing.T) {
	_, err := price.Default().Task("sa-east-1", small)
	refused(t, err, `prices of Region "sa-east-1": no fargate_vcpu_hour, fargate_gb_hour is known (the table of `+
		`2026-11-25 has eu-west-1, eu-west-3, us-east-1, us-east-2, us-west-2); `+
		`give them in USD in the settings' prices of that Region`)
	partly, err := price.Default().With(price.Overrides{"sa-east-1": {"fargate_vcpu_hour": 0.0696}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = partly.Task("sa-east-1", small)
	refused(t, err, `prices of Region "sa-east-1": no fargate_gb_hour is known`)
	_, err = partly.Price("sa-east-1", price.ALB)
	refused(t, err, `no alb_hour is known`)
}

func TestWith(t *testing.T) {
	before := price.Default()
	after, err := before.With(price.Overrides{"us-east-1": {"alb_hour": 0}})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := after.Price("us-east-1", price.ALB)
	if diff := cmp.Diff(price.Price{Sure: price.Told, Source: "the settings"}, got); diff != "" {
		t.Errorf("overridden (-want +got):\n%s", diff)
	}
	if kept, _ := before.Price("us-east-1", price.ALB); kept.USD != 0.0225 {
		t.Errorf("the table it was made from changed: %+v", kept)
	}
	for _, c := range []struct {
		region, item string
		usd          float64
		want         string
	}{
		{"us-east-1", "alb_day", 1, `prices of Region "us-east-1": "alb_day" is no item that has a price`},
		{"us-east-1", "alb_hour", -1, `alb_hour: -1 must be an amount of USD that is not negative`},
		{"eu-north-1", "alb_hour", math.NaN(), `prices of Region "eu-north-1": alb_hour: NaN must be`},
		{"eu-north-1", "alb_hour", math.Inf(1), `alb_hour: +Inf must be`},
	} {
		_, err := before.With(price.Overrides{c.region: {c.item: c.usd}})
		refused(t, err, c.want)
	}
}

func TestParseRefuses(t *testing.T) {
	text, err := os.ReadFile("prices.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, text, want string }{
		{`"date": "2026-11-25"`, `"date": "today"`, `read prices: date: "today" must be a day like 2026-11-25`},
		{`"currency": "USD"`, `"currency": "EUR"`, `currency: "EUR" must be USD`},
		{`"currency"`, `"money"`, `unknown field "money"`},
		{`"alb_hour": {"usd": 0.0252`, `"alb_hour": {"usd": -2`, `Region "eu-west-1": alb_hour: -2 must be`},
		{`"alb_hour": {"usd": 0.0252, `, `"alb_hour": {`, `Region "eu-west-1": alb_hour: usd is missing`},
		{`"alb_hour": {"usd": 0.0252`, `"elb_hour": {"usd": 0.0252`, `Region "eu-west-1": "elb_hour" is no item`},
		{`"alb_hour": {"usd": 0.0252, "sure": "S"`, `"alb_hour": {"usd": 0.0252, "sure": "P"`, `alb_hour: sure: "P" must be V, S, I or U`},
		{`"sure": "S", "source": "sns"`, `"sure": "S", "source": "sms"`, `sns_thousand_emails: source: "sms" is not among`},
		{`"sns_thousand_emails": {"usd": 0.02, "sure": "S", "source": "sns"},`, ``, `sns_thousand_emails: is missing`},
		{`"date"`, `[]`, `read prices: invalid character`},
	} {
		if !strings.Contains(string(text), c.old) {
			t.Errorf("the file has no %s", c.old)
		}
		_, err := price.Parse([]byte(strings.Replace(string(text), c.old, c.text, 1)))
		refused(t, err, c.want)
	}
	_, err = price.Parse([]byte(`{"date": "2026-11-25", "currency": "USD"}`))
	refused(t, err, "regions: there is none")
	_, err = price.Parse([]byte(`{"date": "2026-11-25", "currency": "USD", "regions": {"x": {}}}`))
	refused(t, err, `Region "x": fargate_vcpu_hour: is missing`)
	_, err = price.Parse(slices.Concat(text, text))
	refused(t, err, "there is something behind the table")
}

func TestTaskSizes(t *testing.T) {
	for _, c := range []struct {
		task price.Task
		want string // empty: Fargate has it
	}{
		{price.Task{CPU: 256, MemoryMiB: 512}, ""},
		{price.Task{CPU: 256, MemoryMiB: 2048}, ""},
		{price.Task{CPU: 256, MemoryMiB: 3072}, "task size: memory: 3072 MiB do not go with 256 CPU units, which have 512, or 1024 to 2048 in steps of 1024"},
		{price.Task{CPU: 512, MemoryMiB: 512}, "512 MiB do not go with 512 CPU units, which have 1024 to 4096"},
		{price.Task{CPU: 512, MemoryMiB: 4096}, ""},
		{price.Task{CPU: 1024, MemoryMiB: 1024}, "memory: 1024 MiB"},
		{price.Task{CPU: 1024, MemoryMiB: 2560}, "memory: 2560 MiB"},
		{price.Task{CPU: 2048, MemoryMiB: 16384}, ""},
		{price.Task{CPU: 4096, MemoryMiB: 31744}, "memory: 31744 MiB"},
		{price.Task{CPU: 8192, MemoryMiB: 20480}, ""},
		{price.Task{CPU: 8192, MemoryMiB: 17408}, "in steps of 4096"},
		{price.Task{CPU: 16384, MemoryMiB: 40960}, ""},
		{price.Task{CPU: 16384, MemoryMiB: 36864}, "in steps of 8192"},
		{price.Task{CPU: 1, MemoryMiB: 512}, "task size: cpu: 1 must be 256"},
		{price.Task{}, "task size: cpu: 0 must be 256"},
		{price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 20}, "ephemeral storage: 20 GiB must be 0 for the 20 GiB included, or 21 to 200"},
		{price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 201}, "ephemeral storage: 201 GiB"},
		{price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: -1}, "ephemeral storage: -1 GiB"},
	} {
		_, err := price.Default().Task("us-east-1", c.task)
		if c.want != "" {
			refused(t, err, c.want)
		} else if err != nil {
			t.Errorf("%+v: %v", c.task, err)
		}
	}
}
