// Package network is how the sandbox's parts reach each other: over loopback sockets, or in memory.
//
// In memory nothing leaves the process, so that a whole sandbox runs inside a testing/synctest bubble.
package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// Network opens listeners and connections.
type Network interface {
	// Listen opens a listener on a host:port; port 0 chooses a free one.
	Listen(ctx context.Context, addr string) (net.Listener, error)
	// DialContext has the signature of net.Dialer's and http.Transport's.
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

// TCP is the real thing.
type TCP struct{ net.Dialer }

var (
	_ Network = (*TCP)(nil)
	_ Network = (*Memory)(nil)
)

// Listen opens a TCP listener.
func (*TCP) Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", addr)
}

// Memory connects with net.Pipe. The zero value is ready.
type Memory struct {
	mu        sync.Mutex
	next      int
	listeners map[string]*pipeListener
}

var errRefused = errors.New("connection refused")

// Listen opens a listener in memory.
func (m *Memory) Listen(_ context.Context, addr string) (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	for port == "0" && (addr == net.JoinHostPort(host, port) || m.listeners[addr] != nil) {
		m.next++
		addr = net.JoinHostPort(host, strconv.Itoa(20000+m.next))
	}
	if m.listeners[addr] != nil {
		return nil, fmt.Errorf("listen %s: address already in use", addr)
	}
	if m.listeners == nil {
		m.listeners = map[string]*pipeListener{}
	}
	l := &pipeListener{network: m, addr: memoryAddr(addr), conns: make(chan net.Conn), closed: make(chan struct{})}
	m.listeners[addr] = l
	return l, nil
}

// DialContext connects to a listener in memory.
func (m *Memory) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	m.mu.Lock()
	l := m.listeners[addr]
	m.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("dial %s: %w", addr, errRefused)
	}
	ours, theirs := net.Pipe()
	select {
	case l.conns <- pipeConn{Conn: theirs, local: l.addr, remote: caller}:
		return pipeConn{Conn: ours, local: caller, remote: l.addr}, nil
	case <-l.closed:
		return nil, fmt.Errorf("dial %s: %w", addr, errRefused)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type pipeListener struct {
	network *Memory
	addr    memoryAddr
	conns   chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, string(l.addr))
		l.network.mu.Unlock()
		close(l.closed)
	})
	return nil
}

func (l *pipeListener) Addr() net.Addr { return l.addr }

// caller is where every connection in memory comes from.
const caller = memoryAddr("127.0.0.1:1")

type pipeConn struct {
	net.Conn
	local, remote memoryAddr
}

func (c pipeConn) LocalAddr() net.Addr  { return c.local }
func (c pipeConn) RemoteAddr() net.Addr { return c.remote }

type memoryAddr string

func (memoryAddr) Network() string  { return "memory" }
func (a memoryAddr) String() string { return string(a) }
