// Package price says what things cost at AWS: list prices in USD by Region, and the arithmetic of Fargate's bill.
//
// The prices are one embedded file with its date, the source of each price and how sure it is; the settings can
// replace any of them. The package asks AWS nothing, and knows no discount: no Savings Plan, no free tier, no credit,
// no tax.
package price

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Item is something that has a price. Its name ends with the unit that the price is of.
type Item string

// The items. A GB of memory is 1024 MiB, as in Fargate's sizes.
const (
	FargateVCPU        Item = "fargate_vcpu_hour"
	FargateGB          Item = "fargate_gb_hour"
	FargateARMVCPU     Item = "fargate_arm_vcpu_hour"
	FargateARMGB       Item = "fargate_arm_gb_hour"
	FargateSpotVCPU    Item = "fargate_spot_vcpu_hour"
	FargateSpotGB      Item = "fargate_spot_gb_hour"
	FargateSpotARMVCPU Item = "fargate_spot_arm_vcpu_hour"
	FargateSpotARMGB   Item = "fargate_spot_arm_gb_hour"
	FargateStorage     Item = "fargate_storage_gb_hour" // above the 20 GiB that every task has
	ALB                Item = "alb_hour"
	LCU                Item = "alb_lcu_hour"
	IPv4               Item = "public_ipv4_hour"
	LambdaRequests     Item = "lambda_million_requests"
	LambdaGBSecond     Item = "lambda_gb_second"
	LambdaARMGBSecond  Item = "lambda_arm_gb_second"
	MetricData         Item = "cloudwatch_thousand_metrics"  // metrics that GetMetricData is asked for; never free
	MetricRequests     Item = "cloudwatch_thousand_requests" // other API calls; the first million a month is free
	Dashboard          Item = "cloudwatch_dashboard_month"   // three are free
	Alarm              Item = "cloudwatch_alarm_month"       // ten are free
	CustomMetric       Item = "cloudwatch_metric_month"      // ten are free
	LogsIn             Item = "cloudwatch_logs_gb"
	LogsKept           Item = "cloudwatch_logs_gb_month"
	Parameters         Item = "ssm_thousand_requests" // standard parameters at the default throughput
	Emails             Item = "sns_thousand_emails"   // the first thousand a month is free
	Schedules          Item = "scheduler_million_invocations"
)

// Items lists all items.
func Items() []Item {
	return []Item{
		FargateVCPU, FargateGB, FargateARMVCPU, FargateARMGB, FargateSpotVCPU, FargateSpotGB, FargateSpotARMVCPU,
		FargateSpotARMGB, FargateStorage, ALB, LCU, IPv4, LambdaRequests, LambdaGBSecond, LambdaARMGBSecond, MetricData,
		MetricRequests, Dashboard, Alarm, CustomMetric, LogsIn, LogsKept, Parameters, Emails, Schedules,
	}
}

// Sure is how sure a price is.
type Sure string

// The degrees.
const (
	Verified  Sure = "V" // AWS's own documentation
	Secondary Sure = "S" // somebody else's
	Inferred  Sure = "I" // computed from another price, or an estimate
	Unsure    Sure = "U" // not verified
	Told      Sure = "settings"
)

// Price is what one unit of an item costs.
type Price struct {
	USD    float64
	Sure   Sure
	Source string
}

// Table holds the prices of some Regions. It does not change; the zero value knows none.
type Table struct {
	date    string
	regions map[string]map[Item]Price
}

// Date is when the prices were compiled, as in 2026-11-25.
func (t Table) Date() string { return t.date }

// Regions lists the Regions with at least one price, in the order of their names.
func (t Table) Regions() []string { return slices.Sorted(maps.Keys(t.regions)) }

// Price returns the price of an item. Without one the error names the Region and the item, and says how to give it.
func (t Table) Price(region string, item Item) (Price, error) {
	if p, ok := t.regions[region][item]; ok {
		return p, nil
	}
	return Price{}, t.missing(region, []Item{item})
}

// Amount is how many units of an item are used.
type Amount struct {
	Item  Item
	Units float64
}

// Bill sums amounts up, in USD. An error names every price that is missing.
func (t Table) Bill(region string, amounts ...Amount) (float64, error) {
	var sum float64
	var unknown []Item
	for _, a := range amounts {
		p, ok := t.regions[region][a.Item]
		if !ok {
			unknown = append(unknown, a.Item)
		}
		sum += p.USD * a.Units
	}
	if len(unknown) > 0 {
		return 0, t.missing(region, unknown)
	}
	return sum, nil
}

func (t Table) missing(region string, items []Item) error {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = string(item)
	}
	return fmt.Errorf("prices of Region %q: no %s is known (the table of %s has %s); "+
		"give them in USD in the settings' prices of that Region",
		region, strings.Join(names, ", "), t.date, strings.Join(t.Regions(), ", "))
}

// Overrides are prices in USD by Region and item, as people write them, that replace those of a table or add to them.
type Overrides map[string]map[string]float64

// With returns a table in which the overrides count. A Region may be given in part, and one that the table does not
// have may be added. An error names the Region and the item and quotes the price.
func (t Table) With(overrides Overrides) (Table, error) {
	regions := make(map[string]map[Item]Price, len(t.regions))
	for region, prices := range t.regions {
		regions[region] = maps.Clone(prices)
	}
	for _, region := range slices.Sorted(maps.Keys(overrides)) {
		prices, err := replace(regions[region], overrides[region])
		if err != nil {
			return Table{}, fmt.Errorf("prices of Region %q: %w", region, err)
		}
		regions[region] = prices
	}
	return Table{date: t.date, regions: regions}, nil
}

func replace(prices map[Item]Price, with map[string]float64) (map[Item]Price, error) {
	if prices == nil {
		prices = make(map[Item]Price, len(with))
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		if err := check(Item(name), with[name]); err != nil {
			return nil, err
		}
		prices[Item(name)] = Price{USD: with[name], Sure: Told, Source: "the settings"}
	}
	return prices, nil
}

func check(item Item, usd float64) error {
	if !slices.Contains(Items(), item) {
		return fmt.Errorf("%q is no item that has a price", item)
	}
	if math.IsNaN(usd) || math.IsInf(usd, 0) || usd < 0 {
		return fmt.Errorf("%s: %v must be an amount of USD that is not negative", item, usd)
	}
	return nil
}
