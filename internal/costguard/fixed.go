package costguard

import (
	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

// fixed is what costs the same whether anybody comes or not.
func (r *reading) fixed() []budget.Fixed {
	list := []budget.Fixed{
		r.priced("load balancer", "AWSELB", price.Amount{Item: price.ALB, Units: float64(r.budget.Fixed.LoadBalancers)}),
		r.priced("addresses", "AmazonVPC", price.Amount{Item: price.IPv4, Units: float64(r.budget.Fixed.Addresses)}),
		r.priced("catnap", "AWSLambda", own()...),
	}
	if usd := r.budget.Fixed.USDAnHour; usd > 0 {
		list = append(list, budget.Fixed{Name: "other", Hourly: usd, Priced: true})
	}
	return list
}

func (r *reading) priced(name, line string, amounts ...price.Amount) budget.Fixed {
	hourly, err := r.table.Bill(r.Region, amounts...)
	return budget.Fixed{Name: name, ServiceName: line, Hourly: hourly, Priced: err == nil}
}

// own is what catnap's schedules cost an hour at list prices: sixty runs of the reaper and one of the guard, half a
// second each with 128 MB. Most accounts pay nothing for it; the waker's requests come on top.
func own() []price.Amount {
	const runs, seconds, gigabytes, million = 61, 0.5, 0.125, 1e6
	return []price.Amount{
		{Item: price.LambdaRequests, Units: runs / million},
		{Item: price.Schedules, Units: runs / million},
		{Item: price.LambdaARMGBSecond, Units: runs * seconds * gigabytes},
	}
}
