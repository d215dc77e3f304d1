// Command pack builds the Lambda functions and zips them: the same source gives the same bytes on every machine.
//
// For each function it writes OUT/NAME/bootstrap, which SAM and CDK take as a folder, and OUT/NAME.zip.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/alecthomas/kong"
)

type cli struct {
	Out       string   `default:"dist" placeholder:"DIR" help:"Where the functions are written."`
	Arch      string   `default:"arm64" enum:"arm64,amd64" help:"Processor: arm64, which Lambda runs for a fifth less, or amd64."`
	Functions []string `arg:"" optional:"" name:"function" help:"Folders below functions/. Default: all."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Name("pack"), kong.Description("Builds the Lambda functions and zips them."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func (c cli) run(ctx context.Context, out io.Writer) error {
	if len(c.Functions) == 0 {
		all, err := filepath.Glob("functions/*/main.go")
		if err != nil || len(all) == 0 {
			return errors.Join(err, errors.New("find functions/*/main.go: run it from the repository's root"))
		}
		for _, file := range all {
			c.Functions = append(c.Functions, filepath.Base(filepath.Dir(file)))
		}
	}
	for _, name := range c.Functions {
		if err := c.pack(ctx, name, out); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return nil
}

func (c cli) pack(ctx context.Context, name string, out io.Writer) error {
	binary := filepath.Join(c.Out, name, "bootstrap")
	if err := c.build(ctx, name, binary); err != nil {
		return err
	}
	code, err := os.ReadFile(binary) //nolint:gosec // G304: just built
	if err != nil {
		return err
	}
	packed, err := archive(code)
	if err != nil {
		return err
	}
	file := filepath.Join(c.Out, name+".zip")
	if err := os.WriteFile(file, packed, 0o600); err != nil { //nolint:gosec // G703: where the caller wants it
		return err
	}
	fmt.Fprintf(out, "%-22s %6.2f MB, unpacked %6.2f MB, sha256 %x\n", file, megabytes(packed), megabytes(code),
		sha256.Sum256(packed))
	return nil
}

func megabytes(content []byte) float64 { return float64(len(content)) / 1e6 }

// build leaves out of the binary what differs between machines and runs: paths, the version control's state and the
// build's id. The tag leaves out the RPC mode of a runtime that AWS has ended.
func (c cli) build(ctx context.Context, name, binary string) error {
	process := exec.CommandContext(ctx, "go", "build", //nolint:gosec // G204: our own arguments
		"-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", binary,
		"./functions/"+name)
	process.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+c.Arch,
		"GOFLAGS=-mod=readonly", "GOAMD64=v1", "GOARM64=v8.0")
	process.Stderr = os.Stderr
	return process.Run()
}
