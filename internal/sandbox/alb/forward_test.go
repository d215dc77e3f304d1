package alb

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// healthy starts the world with one healthy target.
func (w *world) healthy(handler http.HandlerFunc) (group string) {
	group = w.service()
	w.target(group, "10.0.1.1:80", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" {
			handler(rw, r)
		}
	})
	w.run()
	time.Sleep(time.Second)
	return group
}

// [ALB-23]
func TestOwnAnswersLookLikeAWS(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		got := w.get("/")
		want := "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n" +
			"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n"
		if got.body != want || got.header.Get("Server") != "awselb/2.0" || got.header.Get("Content-Type") != "text/html" {
			t.Errorf("%+v", got)
		}
		w.target(group, "10.0.1.1:80", says("ok"))
		w.run()
		time.Sleep(time.Second)
		if got := w.get("/"); got.header.Get("Server") != "" {
			t.Errorf("a target's answer has the Server %q", got.header.Get("Server"))
		}
	})
}

// [ALB-24]
func TestEmptyGroupAnswers503(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.run()
		if got := w.get("/").status; got != http.StatusServiceUnavailable {
			t.Errorf("empty: %d", got)
		}
		w.target(group, "10.0.1.1:80", says("ok"))
		time.Sleep(time.Second)
		w.expectBody("/", "ok")
		w.lb.Deregister(group, "10.0.1.1")
		if got := w.get("/").status; got != http.StatusServiceUnavailable {
			t.Errorf("draining: %d", got)
		}
	})
}

// [ALB-25]
func TestHealthyTargetsTakeTurns(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.target(group, "10.0.1.1:80", says("a"))
		w.target(group, "10.0.1.2:80", says("b"))
		w.target(group, "10.0.1.3:80", answers(500))
		w.run()
		time.Sleep(30 * time.Second)
		got := w.get("/").body + w.get("/").body + w.get("/").body + w.get("/").body
		if got != "abab" && got != "baba" {
			t.Errorf("answers: %q", got)
		}
	})
}

// [ALB-26]
func TestGroupFailsOpen(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		sick := func(word string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/health" {
					w.WriteHeader(http.StatusInternalServerError)
				}
				io.WriteString(w, word)
			}
		}
		w.target(group, "10.0.1.1:80", sick("unhealthy"))
		w.run()
		time.Sleep(30 * time.Second)
		w.expectState(group, "unhealthy Target.ResponseCodeMismatch")
		w.expectBody("/", "unhealthy")
		w.target(group, "10.0.1.2:80", sick("initial"))
		if got := seen([]string{w.get("/").body, w.get("/").body}); len(got) != 2 {
			t.Errorf("only %q gets requests", got)
		}
	})
}

// [ALB-27] Nothing may depend on this one: AWS documents neither this nor the opposite.
func TestInitialTargetsOnlyAnswer503(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.target(w.service(), "10.0.1.1:80", says("ok"))
		if got := w.get("/").status; got != http.StatusServiceUnavailable {
			t.Errorf("initial: %d", got)
		}
	})
}

// [ALB-28]
func TestBrokenTargetAnswers502(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		server := w.target(group, "10.0.1.1:80", func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/reset" {
				panic(http.ErrAbortHandler)
			}
		})
		w.run()
		time.Sleep(time.Second)
		if got := w.get("/reset"); got.status != http.StatusBadGateway || !strings.Contains(got.body, "502 Bad Gateway") {
			t.Errorf("reset: %+v", got)
		}
		server.Close()
		if got := w.get("/"); got.status != http.StatusBadGateway {
			t.Errorf("refused: %+v", got)
		}
	})
}

// [ALB-29]
func TestSilentTargetAnswers504(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.healthy(func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Minute) })
		start := time.Now()
		got := w.get("/")
		if got.status != http.StatusGatewayTimeout || !strings.Contains(got.body, "504 Gateway Time-out") {
			t.Errorf("%+v", got)
		}
		if took := time.Since(start); took != idleTimeout {
			t.Errorf("after %s", took)
		}
		time.Sleep(2 * time.Minute) // lets the handler end
	})
}

func TestUnreachableTargetAnswers504(t *testing.T) {
	hang := false
	adapt := func(o *Options) {
		dial := o.Dial
		o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if hang {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return dial(ctx, network, addr)
		}
	}
	bubble(t, adapt, func(t *testing.T, w *world) {
		w.target(w.service(), "10.0.1.1:80", says("ok"))
		stop := w.run()
		time.Sleep(time.Second)
		stop()
		hang = true
		start := time.Now()
		if got := w.get("/").status; got != http.StatusGatewayTimeout || time.Since(start) != connectTimeout {
			t.Errorf("%d after %s", got, time.Since(start))
		}
	})
}

func TestClientThatLeavesIsNo5xx(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.healthy(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.client().Do(w.request("/").WithContext(ctx)); err == nil {
			t.Error("an answer came")
		}
		synctest.Wait()
		if n, _ := w.sum("HTTPCode_ELB_5XX_Count", ""); n != 0 || w.lb.InFlight(group, "10.0.1.1") != 0 {
			t.Errorf("5xx = %v, in flight %d", n, w.lb.InFlight(group, "10.0.1.1"))
		}
	})
}

func TestNoDefaultActionAnswers503(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		if got := w.get("/").status; got != http.StatusServiceUnavailable {
			t.Error(got)
		}
	})
}
