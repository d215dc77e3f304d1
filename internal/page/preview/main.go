// Command preview shows every state of the waiting page side by side, to whoever works on the page or brands it, and
// shows it anew whenever a file of the page, the operator's template or the brand is saved.
//
// It starts nothing, knows no service and stores nothing: the status that the pages poll is made up to fit each state.
//
//	go run ./internal/page/preview --brand brand.json --template own.tmpl.html
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Listen   string `default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Address to serve on."`
	Template string `placeholder:"FILE" help:"An own template, shown in every state."`
	Brand    string `placeholder:"FILE" help:"A brand as JSON: name, logo, accent, message, language, links."`
	Source   string `default:"internal/page" placeholder:"DIR" help:"Folder of the page's sources."`
}

// exitUsage is the exit code for what the user has to change.
const exitUsage = 2

func main() {
	start := context.Background() //nolint:forbidigo // main is where the first context comes from
	ctx, stop := signal.NotifyContext(start, os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr)) //nolint:forbidigo // main is where the terminal comes from
}

// run is main with its surroundings passed in. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var flags cli
	exited := -1
	parser, err := kong.New(&flags, kong.Name("preview"),
		kong.Description("Shows every state of the waiting page, and reloads when a source is saved."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		return fail(stderr, err, 1)
	}
	_, err = parser.Parse(args)
	switch {
	case exited >= 0:
		return exited // --help
	case err != nil:
		return fail(stderr, fmt.Errorf("%w (see preview --help)", err), exitUsage)
	}
	sources := files{source: flags.Source, template: flags.Template, brand: flags.Brand}
	if _, err := sources.read(); err != nil {
		return fail(stderr, err, exitUsage)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", flags.Listen)
	if err != nil {
		return fail(stderr, fmt.Errorf("--listen %q: %w", flags.Listen, err), exitUsage)
	}
	fmt.Fprintf(stdout, "ready http://%s\n", listener.Addr())
	if err := serve(ctx, listener, newServer(sources)); err != nil {
		return fail(stderr, err, 1)
	}
	return 0
}

func fail(stderr io.Writer, err error, code int) int {
	fmt.Fprintln(stderr, "preview:", err)
	return code
}

// serve ends with its context, and so do the requests that wait for a change.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
