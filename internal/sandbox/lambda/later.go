package lambda

import (
	"context"
	"time"
)

// Retry is what becomes of an asynchronous invocation that failed. The zero value lets it be.
type Retry struct {
	Attempts int           // after the first
	MaxAge   time.Duration // of the event; zero means that it is never too old
}

// InvokeLater is an asynchronous invocation: nobody is told the function's answer. It returns the last failure when the
// event is gone, which AWS would send to the function's queue.
// [LAM-19] A function that fails is tried again after one minute, and after two more, for as long as its configuration
// says.
func (r *Runtime) InvokeLater(ctx context.Context, arn string, event []byte) error {
	retry, began := r.retry(arn), r.Clock.Now()
	for attempt := 0; ; attempt++ {
		_, err := r.Invoke(ctx, arn, event)
		pause := time.Duration(attempt+1) * time.Minute
		tooOld := retry.MaxAge > 0 && r.Clock.Now().Add(pause).Sub(began) > retry.MaxAge
		if err == nil || attempt >= retry.Attempts || tooOld {
			return err
		}
		if err := r.Clock.Wait(ctx, pause); err != nil {
			return err
		}
	}
}

// retry is none of a function that there is not.
func (r *Runtime) retry(arn string) Retry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.functions[arn]; f != nil {
		return f.Retry
	}
	return Retry{}
}
