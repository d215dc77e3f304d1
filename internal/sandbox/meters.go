package sandbox

import (
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
)

const (
	// addresses are the load balancer's, one in each of two zones.
	addresses = 2
	// functionMemory is that of every function here, in GB: what the template gives two of the three.
	functionMemory = 0.125
)

// openAccount begins to charge what the sandbox runs, by the price list.
func (s *Sandbox) openAccount() (err error) {
	if s.Task == (price.Task{}) {
		s.Task = price.Task{CPU: 256, MemoryMiB: 512}
	}
	table := price.Default()
	if s.hourly, err = table.Task(region, s.Task); err != nil {
		return fmt.Errorf("price a task: %w", err)
	}
	o := s.Bill
	for _, rate := range []struct {
		usd   *float64
		item  price.Item
		units float64
	}{
		{&o.LoadBalancer, price.ALB, 1}, {&o.Addresses, price.IPv4, addresses}, {&o.Requests, price.LambdaRequests, 1},
		{&o.FunctionHour, price.LambdaARMGBSecond, functionMemory * time.Hour.Seconds()},
	} {
		if *rate.usd, err = table.Bill(region, price.Amount{Item: rate.item, Units: rate.units}); err != nil {
			return fmt.Errorf("price the load balancer and the functions: %w", err)
		}
	}
	s.Account = billing.New(o, s.Clock, func(dimensions map[string]string, at time.Time, usd float64) {
		s.CloudWatch.PutIn(billing.Region, billing.Namespace, billing.Metric, dimensions, at, usd)
	})
	return nil
}

// task hears of each task's changes. In ECS a task is PENDING while its image is pulled.
func (s *Sandbox) task(c ecs.Change) {
	switch c.Status {
	case "PENDING":
		s.Account.Pull(c.Task, s.hourly)
	case "STOPPED":
		s.Account.Stop(c.Task)
	}
	s.log.task(c)
}

func (s *Sandbox) used(metric string, dimensions map[string]string, at time.Time, value float64) {
	s.CloudWatch.Put("AWS/ECS", metric, dimensions, at, value)
}

func (s *Sandbox) invoked(_ string, took time.Duration) { s.Account.Invoke(took) }
