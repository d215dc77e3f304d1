package alb

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// limitIdle ends a response over which nothing has moved for the idle timeout. [ALB-32] It is why WebSockets and event
// streams behind an ALB need a ping. A WebSocket's two directions count together.
func (lb *LoadBalancer) limitIdle(response *http.Response) {
	ctx, cancel := context.WithCancel(response.Request.Context())
	body := &idleBody{ReadCloser: response.Body, now: lb.now, cancel: cancel}
	body.touch()
	go lb.watch(ctx, body)
	response.Body = body
	if out, ok := body.ReadCloser.(io.Writer); ok { // httputil wants to write into an upgraded one
		response.Body = idleConn{idleBody: body, out: out}
	}
}

// watch closes a body that is idle. It ends when the body is closed or the request over.
func (lb *LoadBalancer) watch(ctx context.Context, body *idleBody) {
	for {
		left := idleTimeout - lb.now().Sub(body.moved())
		if left <= 0 {
			_ = body.Close()
			return
		}
		if lb.options.Clock.Wait(ctx, left) != nil {
			return
		}
	}
}

type idleBody struct {
	io.ReadCloser
	now    func() time.Time
	cancel context.CancelFunc
	last   atomic.Int64 // Unix nanoseconds
}

func (b *idleBody) touch()           { b.last.Store(b.now().UnixNano()) }
func (b *idleBody) moved() time.Time { return time.Unix(0, b.last.Load()) }

func (b *idleBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.touch()
	return n, err
}

func (b *idleBody) Close() error {
	b.cancel()
	return b.ReadCloser.Close()
}

type idleConn struct {
	*idleBody
	out io.Writer
}

func (c idleConn) Write(p []byte) (int, error) {
	c.touch()
	return c.out.Write(p)
}
