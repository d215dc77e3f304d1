package alb

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// [ALB-31]
func TestStreamingAndUpgrade(t *testing.T) {
	t.Run("stream", func(t *testing.T) { bubble(t, nil, testStream) })
	t.Run("upgrade", func(t *testing.T) { bubble(t, nil, testUpgrade) })
	t.Run("body", func(t *testing.T) { bubble(t, nil, testBody) })
}

func testStream(t *testing.T, w *world) {
	t.Helper()
	w.healthy(func(rw http.ResponseWriter, _ *http.Request) {
		for i := range 3 {
			fmt.Fprintf(rw, "data: %d\n", i)
			rw.(http.Flusher).Flush()
			time.Sleep(30 * time.Second)
		}
	})
	response, err := w.client().Do(w.request("/events"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	start, lines := time.Now(), bufio.NewScanner(response.Body)
	for i := 0; lines.Scan(); i++ {
		if got := time.Since(start); got != time.Duration(i)*30*time.Second {
			t.Errorf("%q came after %s", lines.Text(), got)
		}
	}
}

// echo answers an upgrade and then echoes lines.
func echo(w http.ResponseWriter, r *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n",
		r.Header.Get("Upgrade"))
	_, _ = io.Copy(conn, buffered) // until either side closes
}

// upgrade opens a WebSocket as far as the load balancer is concerned.
func (w *world) upgrade() (net.Conn, *bufio.Reader) {
	w.t.Helper()
	conn, err := w.net.DialContext(w.t.Context(), "tcp", listener)
	if err != nil {
		w.t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /ws HTTP/1.1\r\nHost: app.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Upgrade") != "websocket" {
		w.t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	return conn, reader
}

func testUpgrade(t *testing.T, w *world) {
	t.Helper()
	group := w.healthy(echo)
	conn, reader := w.upgrade()
	for _, line := range []string{"one\n", "two\n"} {
		fmt.Fprint(conn, line)
		if got, err := reader.ReadString('\n'); got != line {
			t.Errorf("echo = %q, %v", got, err)
		}
	}
	if n := w.lb.InFlight(group, "10.0.1.1"); n != 1 {
		t.Errorf("in flight: %d", n)
	}
	if n, _ := w.sum("RequestCount", dimension(group)); n != 1 {
		t.Errorf("RequestCount = %v", n)
	}
	conn.Close()
	synctest.Wait()
	if n := w.lb.InFlight(group, "10.0.1.1"); n != 0 {
		t.Errorf("in flight after the end: %d", n)
	}
}

func testBody(t *testing.T, w *world) {
	t.Helper()
	w.healthy(func(rw http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body) // before the answer: net/http does not do both at once
		rw.Write(all)
	})
	body := strings.Repeat("x", 3<<20)
	if got := w.do(w.post("/", "text/plain", body)); got.body != body {
		t.Errorf("%d, %d bytes of %d", got.status, len(got.body), len(body))
	}
}

// [ALB-32]
func TestIdleConnectionIsClosed(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		w.healthy(echo)
		conn, reader := w.upgrade()
		defer conn.Close()
		start := time.Now()
		for range 3 {
			time.Sleep(50 * time.Second)
			fmt.Fprint(conn, "ping\n")
			if _, err := reader.ReadString('\n'); err != nil {
				t.Fatalf("closed after %s in spite of pings: %v", time.Since(start), err)
			}
		}
		start = time.Now()
		if _, err := reader.ReadString('\n'); err == nil || time.Since(start) != idleTimeout {
			t.Errorf("idle: %v after %s", err, time.Since(start))
		}
	})
}
