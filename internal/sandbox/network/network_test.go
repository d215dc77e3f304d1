package network_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

func listen(t *testing.T, n network.Network, addr string) net.Listener {
	t.Helper()
	l, err := n.Listen(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// exchange dials l and sends ping one way and pong the other.
func exchange(t *testing.T, n network.Network, l net.Listener) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- answer(l) }()
	conn, err := n.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "ping"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); string(got) != "pong" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func answer(l net.Listener) error {
	conn, err := l.Accept()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "pong")
	return err
}

func TestConnections(t *testing.T) {
	for name, n := range map[string]network.Network{"memory": new(network.Memory), "tcp": new(network.TCP)} {
		t.Run(name, func(t *testing.T) {
			l := listen(t, n, "127.0.0.1:0")
			exchange(t, n, l)
			exchange(t, n, l)
			if _, err := n.Listen(t.Context(), l.Addr().String()); err == nil {
				t.Error("listened twice on one address")
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("accept after close: %v", err)
			}
			if _, err := n.DialContext(t.Context(), "tcp", l.Addr().String()); err == nil {
				t.Error("reached a closed listener")
			}
			exchange(t, n, listen(t, n, l.Addr().String()))
		})
	}
}

func TestMemoryPortZeroIsAFreePort(t *testing.T) {
	var n network.Memory
	a, b := listen(t, &n, "127.0.0.1:0").Addr().String(), listen(t, &n, "127.0.0.1:0").Addr().String()
	if a == b {
		t.Errorf("both listen on %s", a)
	}
	if host, port, err := net.SplitHostPort(a); host != "127.0.0.1" || port == "0" || err != nil {
		t.Errorf("got %s", a)
	}
}

func TestMemoryRefusesWhereNobodyListens(t *testing.T) {
	var n network.Memory
	if _, err := n.DialContext(t.Context(), "tcp", "127.0.0.1:80"); err == nil {
		t.Error("reached nobody")
	}
	if _, err := n.Listen(t.Context(), "no port"); err == nil {
		t.Error("listened on no port")
	}
}

func TestMemoryDialEndsWithItsContextOrTheListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n network.Memory
		l := listen(t, &n, "a:80") // which accepts nothing
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.DialContext(ctx, "tcp", "a:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		time.AfterFunc(time.Second, func() { _ = l.Close() })
		if _, err := n.DialContext(t.Context(), "tcp", "a:80"); err == nil {
			t.Error("reached a listener that closed")
		}
	})
}

func TestMemoryCloseWakesAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listen(t, new(network.Memory), "a:80")
		time.AfterFunc(time.Second, func() { _ = l.Close() })
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
	})
}

// What the sandbox is for: a whole HTTP exchange, time-outs included, in fake time.
func TestHTTPOverMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n network.Memory
		l := listen(t, &n, "app:80")
		server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(slow)}
		go func() { _ = server.Serve(l) }()
		transport := &http.Transport{DialContext: n.DialContext}
		client := &http.Client{Transport: transport, Timeout: time.Minute}
		begin := time.Now()
		if got := fetch(t, client, "http://app:80/"); got != "awake" {
			t.Errorf("got %q", got)
		}
		if got := time.Since(begin); got != 30*time.Second {
			t.Errorf("took %s", got)
		}
		transport.CloseIdleConnections()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := client.Do(request(t, "http://app:80/")); err == nil {
			t.Error("reached a server that is shut down")
		}
	})
}

func slow(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(30 * time.Second)
	_, _ = io.WriteString(w, "awake")
}

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fetch(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	response, err := client.Do(request(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
