package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox"
)

// budgetFlags give the sandbox a budget, and a month that comes near it while one watches.
type budgetFlags struct {
	Budget    float64       `placeholder:"USD" help:"What a month may cost. The cost guard warns, and freezes at it. Unless told otherwise, other things in the account have spent 95 % of it and go on, so that it freezes within the first hour: at --speed 60, a minute."`
	Spent     *float64      `placeholder:"USD" help:"What other things in the account have spent this month. Default: 95 % of the budget."`
	Others    *float64      `placeholder:"USD" help:"What they cost an hour from now on. Default: a fifth of the budget."`
	BillEvery time.Duration `placeholder:"DURATION" help:"Time between two figures of the bill, several hours at AWS. Default: 15m with a budget, 6h without."`
	BillLag   time.Duration `default:"0s" help:"How much of the last charges a figure lacks, hours at AWS."`
}

// Limits of the flags, and what they are if they are not given.
const (
	mostUSD       = 1e6
	mostBillEvery = 24 * time.Hour
	mostBillLag   = 24 * time.Hour
	spentShare    = 0.95
	hourlyShare   = 0.2
	quickBill     = 15 * time.Minute
	// guardAfter leaves time to see the service in use before the guard looks for the first time, and figures to be told.
	guardAfter = 40 * time.Minute
)

func (f budgetFlags) checkBudget() error {
	for _, amount := range []struct {
		flag string
		usd  *float64
	}{{"--budget", &f.Budget}, {"--spent", f.Spent}, {"--others", f.Others}} {
		if usd := amount.usd; usd != nil && !(*usd >= 0 && *usd <= mostUSD) {
			return fmt.Errorf("%s %v must be 0 to %.0f", amount.flag, *usd, mostUSD)
		}
	}
	switch {
	case f.BillEvery != 0 && (f.BillEvery < time.Minute || f.BillEvery > mostBillEvery):
		return fmt.Errorf("--bill-every %s must be 1m to %s", f.BillEvery, mostBillEvery)
	case f.BillLag < 0 || f.BillLag >= mostBillLag:
		return fmt.Errorf("--bill-lag %s must be 0s to less than %s", f.BillLag, mostBillLag)
	}
	return nil
}

func (f budgetFlags) setBudget(options *sandbox.Options) {
	options.Budget = f.Budget
	options.Bill.Spent, options.Bill.Hourly = f.Budget*spentShare, f.Budget*hourlyShare
	if f.Spent != nil {
		options.Bill.Spent = *f.Spent
	}
	if f.Others != nil {
		options.Bill.Hourly = *f.Others
	}
	options.Bill.Every, options.Bill.Behind = f.BillEvery, f.BillLag
	if f.Budget == 0 {
		return
	}
	if f.BillEvery == 0 {
		options.Bill.Every = quickBill
	}
	options.GuardAfter = guardAfter
}

// tellBudget says what was assumed for the budget's sake.
func (f budgetFlags) tellBudget(log *slog.Logger, options sandbox.Options) {
	if f.Budget == 0 {
		return
	}
	bill := options.Bill
	month := fmt.Sprintf("%.2f USD a month; other things in the account have spent %.2f of it and spend %.2f an hour; "+
		"a figure of the bill every %s, %s behind; the cost guard looks in %s and then every hour",
		f.Budget, bill.Spent, bill.Hourly, bill.Every, bill.Behind, options.GuardAfter)
	log.Info("sandbox", slog.String("actor", "sandbox"), slog.String("action", "budget"), slog.String("reason", month))
}
