package settings

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
)

var throttled = &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}

func TestTTL(t *testing.T) {
	for name, ttl := range map[string]time.Duration{"default": 0, "own": 2 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, store := shop(t)
				store.TTL = ttl
				has(t, store, "a b c d e")
				calls := f.called()
				f.putService(t, own(t, "f"))
				time.Sleep(store.ttl() - 1)
				has(t, store, "a b c d e")
				if f.called() != calls {
					t.Error("asked SSM within the TTL")
				}
				time.Sleep(time.Nanosecond)
				has(t, store, "a b c d e f")
			})
		})
	}
}

func has(t *testing.T, store *Store, want string) {
	t.Helper()
	got, err := store.All(t.Context())
	if err != nil || namesOf(got) != want {
		t.Errorf("services %q, error %v, want %q", namesOf(got), err, want)
	}
}

func TestErrorIsNotCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		f.failWith(throttled)
		_, err := store.All(t.Context())
		refused(t, err, "get parameters below /catnap/services: ")
		if !errors.Is(err, throttled) {
			t.Errorf("error %v, want the SDK's inside", err)
		}
		_, err = store.ByWakerTargetGroup(t.Context(), own(t, "a").WakerTargetGroup)
		if !errors.Is(err, throttled) {
			t.Errorf("error %v, want the SDK's inside", err)
		}
		_, err = store.Frozen(t.Context())
		refused(t, err, "get parameter /catnap/freeze: ")
		f.failWith(nil)
		has(t, store, "a b c d e")
		frozen(t, store, time.Time{})
	})
}

func TestStaleIsBetterThanNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		until := time.Now().Add(time.Hour)
		f.put("/catnap/freeze", `{"until": "`+until.Format(time.RFC3339)+`"}`)
		has(t, store, "a b c d e")
		frozen(t, store, until)
		f.failWith(&types.InternalServerError{})

		time.Sleep(10*30*time.Second - 1)
		has(t, store, "a b c d e")
		frozen(t, store, until)

		time.Sleep(time.Nanosecond)
		for _, err := range []error{second(store.All(t.Context())), second(store.Frozen(t.Context()))} {
			if _, ok := errors.AsType[*types.InternalServerError](err); !ok {
				t.Errorf("after ten times the TTL: error %v, want the SDK's", err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestFailedReloadIsNotRepeatedByEachRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		has(t, store, "a b c d e")
		time.Sleep(30 * time.Second)
		f.failWith(throttled)
		calls := f.called()
		has(t, store, "a b c d e")
		has(t, store, "a b c d e")
		if f.called() != calls+1 {
			t.Errorf("%d calls, want 1", f.called()-calls)
		}
		f.failWith(nil)
		f.putService(t, own(t, "f"))
		time.Sleep(3 * time.Second)
		has(t, store, "a b c d e f")
	})
}

func TestStaleDoesNotWaitForASlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		has(t, store, "a b c d e")
		time.Sleep(30 * time.Second)
		f.took = time.Minute
		began := time.Now()
		has(t, store, "a b c d e")
		if waited := time.Since(began); waited != patience {
			t.Errorf("waited %v, want %v", waited, patience)
		}
	})
}

func TestTinyTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		store.TTL, f.took = 1, time.Second
		has(t, store, "a b c d e")
	})
}

// together runs n calls at once and returns when the last has come back.
func together(n int, call func()) {
	var group sync.WaitGroup
	for range n {
		group.Go(call)
	}
	group.Wait()
}

func TestOneLoadForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSSM{took: time.Second}
		store := NewStore(f, time.Now)
		together(20, func() { frozen(t, store, time.Time{}) })
		if f.called() != 1 {
			t.Errorf("%d calls, want 1", f.called())
		}
	})
}

func TestOneFailureForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSSM{took: time.Second, fail: throttled}
		store := NewStore(f, time.Now)
		together(20, func() {
			if _, err := store.Frozen(t.Context()); !errors.Is(err, throttled) {
				t.Errorf("error %v, want the SDK's inside", err)
			}
		})
		if f.called() != 1 {
			t.Errorf("%d calls, want 1", f.called())
		}
	})
}

func TestWaitingRespectsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewStore(&fakeSSM{took: time.Minute}, time.Now)
		go func() { _, _ = store.Frozen(t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := store.Frozen(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("error %v after %v, want the context's after 1s", err, time.Since(began))
		}
	})
}

func TestCallerThatGivesUpDoesNotTakeOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSSM{took: time.Minute}
		store := NewStore(f, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() {
			if _, err := store.Frozen(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want the context's", err)
			}
		}()
		synctest.Wait()
		together(5, func() { frozen(t, store, time.Time{}) })
		if f.called() != 2 {
			t.Errorf("%d calls, want 2", f.called())
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, store := shop(t)
		f.took = time.Millisecond
		store.TTL = 10 * time.Millisecond
		together(8, func() {
			for range 50 {
				has(t, store, "a b c d e")
				frozen(t, store, time.Time{})
				if _, err := store.ByWakerTargetGroup(t.Context(), own(t, "c").WakerTargetGroup); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	})
}
