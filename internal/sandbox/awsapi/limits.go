package awsapi

import (
	"fmt"
	"sync"
	"time"

	"github.com/aws/smithy-go"
)

// Limits are token buckets, one for each group of operations that AWS throttles together.
type Limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket // by operation; operations of a group share one
}

// Limit is one documented throttle of an account and Region.
type Limit struct {
	Burst      float64
	Rate       float64 // a second
	Operations []string
}

// Documented are the throttles that AWS documents for the operations catnap uses. [API-01]
var Documented = []Limit{
	{Burst: 50, Rate: 5, Operations: []string{"UpdateService", "CreateService", "DeleteService"}},
	{Burst: 100, Rate: 20, Operations: []string{"DescribeServices", "ListServices"}},
	{Burst: 100, Rate: 20, Operations: []string{"DescribeTasks", "ListTasks"}},
	{Burst: 40, Rate: 40, Operations: []string{"GetParameter", "GetParameters", "GetParametersByPath"}},
	{Burst: 3, Rate: 3, Operations: []string{"PutParameter"}},
	// Of SNS a rate is documented only, and Publish's for eu-west-3 from memory (U).
	{Burst: 300, Rate: 300, Operations: []string{"Publish"}},
	{Burst: 100, Rate: 100, Operations: []string{"Subscribe"}},
	{Burst: 30, Rate: 30, Operations: []string{"ListTopics"}},
	{Burst: 30, Rate: 30, Operations: []string{"ListSubscriptionsByTopic"}},
}

// NewLimits returns full buckets.
func NewLimits(limits []Limit) *Limits {
	l := &Limits{buckets: map[string]*bucket{}}
	for _, limit := range limits {
		shared := &bucket{Limit: limit, tokens: limit.Burst}
		for _, operation := range limit.Operations {
			l.buckets[operation] = shared
		}
	}
	return l
}

type bucket struct {
	Limit
	tokens float64
	filled time.Time
}

func (l *Limits) allow(operation string, now time.Time) bool {
	if l == nil {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[operation]
	return !ok || b.take(now)
}

func (b *bucket) take(now time.Time) bool {
	if !b.filled.IsZero() {
		b.tokens = min(b.Burst, b.tokens+b.Rate*now.Sub(b.filled).Seconds())
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

func throttled(operation string) error {
	return &smithy.GenericAPIError{
		Code: "ThrottlingException", Message: fmt.Sprintf("Rate exceeded (%s)", operation), Fault: smithy.FaultServer,
	}
}
