package billing

import (
	"maps"
	"math"
	"slices"
	"time"
)

// The metric, which AWS has in this Region only, whatever the Region of what is charged. [BILL-05]
const (
	Region    = "us-east-1"
	Namespace = "AWS/Billing"
	Metric    = "EstimatedCharges"
)

// Number is the account's.
const Number = "000000000000"

// publish [BILL-06]: the total and each service, by currency alone and by account. A service that has cost nothing has
// no figure. Amounts are in cents.
func (a *Account) publish(at time.Time, charges map[string]float64) {
	var total float64
	for _, service := range slices.Sorted(maps.Keys(charges)) {
		usd := charges[service]
		total += usd
		if usd > 0 {
			a.both(map[string]string{"ServiceName": service}, at, usd)
		}
	}
	a.both(nil, at, total)
}

func (a *Account) both(dimensions map[string]string, at time.Time, usd float64) {
	cents := math.Round(usd*100) / 100
	all := map[string]string{"Currency": "USD"}
	maps.Copy(all, dimensions)
	a.put(all, at, cents)
	linked := map[string]string{"LinkedAccount": Number}
	maps.Copy(linked, all)
	a.put(linked, at, cents)
}
