package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The stand-ins below are what catnap provision calls, in tests. They write what they were called with into the file
// CALLS, if that is set; FAIL is the word of the CDK CLI that fails, or "go". They return exit codes.

func standInGo() int {
	called()
	fmt.Fprintln(os.Stderr, "dist/waker.zip")
	return failure("go", "functions/waker/main.go:1: syntax error")
}

// standInNode is the Node of the variable NODE, or 22.
func standInNode() int {
	version := os.Getenv("NODE")
	if version == "" {
		version = "v22.21.1"
	}
	fmt.Fprintln(os.Stdout, version)
	return 0
}

// standInNPX answers like the CDK CLI, whose streams and files they are. As npx does, it runs that as another process,
// and ends by an interrupt without passing it on.
func standInNPX() int {
	if os.Getenv("CHILD") != "" {
		return standInCDK(os.Args[3]) // after --yes and the package
	}
	child := exec.Command(os.Args[0], os.Args[1:]...) //nolint:noctx // ends by itself, or by a signal to its group
	child.Env, child.Stdout, child.Stderr = append(os.Environ(), "CHILD=yes"), os.Stdout, os.Stderr
	_ = child.Run() // its exit code tells
	return child.ProcessState.ExitCode()
}

func standInCDK(word string) int {
	called()
	if code := failure(word, map[string]string{
		"synth": "environment staging: regoin: \"x\" is an unknown key\n" +
			"environment staging: region: is missing, must be a Region like \"eu-west-3\"\nexit status 1\n" +
			"go run .: Subprocess exited with error 1",
		"diff":   "Unable to resolve AWS account to use.",
		"deploy": "❌ city-guided-staging failed: rolled back",
	}[word]); code != 0 {
		return code
	}
	switch word {
	case "synth":
		fmt.Fprintln(os.Stderr, "Successfully synthesized to", valueOf("--output"))
		put(filepath.Join(valueOf("--output"), "manifest.json"), `{"artifacts": {
			"city-guided-staging": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-3"},
			"city-guided-staging-billing": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/us-east-1"}
		}}`)
	case "diff":
		fmt.Fprintln(os.Stderr, "Stack city-guided-staging\n[+] AWS::ECS::Service Service")
	case "deploy":
		fmt.Fprintln(os.Stderr, "city-guided-staging: deploying...")
		if interrupted() {
			return 1
		}
		fmt.Fprintln(os.Stdout, "arn:aws:cloudformation:eu-west-3:123456789012:stack/city-guided-staging/1")
		put(valueOf("--outputs-file"), `{"city-guided-staging": {
			"URL": "https://staging.example.com", "ServiceName": "city"
		}}`)
	}
	return 0
}

// called notes where, with what and with which of AWS's variables it was called.
func called() {
	file, err := os.OpenFile(os.Getenv("CALLS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return // nobody wants to know
	}
	defer func() { _ = file.Close() }() // what it lacks is missed by the test
	folder, _ := os.Getwd()             // empty if it is gone
	words := []string{filepath.Base(folder) + ":"}
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL"} {
		if value := os.Getenv(name); value != "" {
			words = append(words, name+"="+value)
		}
	}
	fmt.Fprintln(file, strings.Join(append(append(words, filepath.Base(os.Args[0])), os.Args[1:]...), " "))
}

// failure is the exit code: 1 if it is the one that fails.
func failure(word, message string) int {
	if os.Getenv("FAIL") != word {
		return 0
	}
	fmt.Fprintln(os.Stderr, message)
	return 1
}

// interrupted waits for an interrupt if HANG is set, and notes in the file that it names that there was one.
func interrupted() bool {
	note := os.Getenv("HANG")
	if note == "" {
		return false
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	fmt.Fprintln(os.Stderr, "city-guided-staging | 1/90 | CREATE_IN_PROGRESS")
	select {
	case <-interrupts:
		put(note, "interrupted")
		return true
	case <-time.After(time.Minute):
		return false
	}
}

func valueOf(flag string) string { return os.Args[slices.Index(os.Args, flag)+1] }

func put(file, text string) {
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		panic(err)
	}
}

// TestProvisionInterrupted runs the real binary: what the CDK CLI writes is seen while it runs, the interrupt reaches
// it behind npx, and the exit code and the last line say what became of the deployment.
func TestProvisionInterrupted(t *testing.T) {
	t.Parallel()
	for _, interrupt := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(interrupt.String(), func(t *testing.T) {
			t.Parallel()
			note := filepath.Join(t.TempDir(), "note")
			last, code := interruptedDeployment(t, note, interrupt)
			if code != exitInterrupted {
				t.Errorf("exit code %d", code)
			}
			const want = "catnap: deploy staging: interrupted; CloudFormation goes on with what it has begun"
			if !strings.HasPrefix(last, want) {
				t.Errorf("the last line is %q, want %q", last, want)
			}
			if _, err := os.Stat(note); err != nil {
				t.Errorf("the CDK CLI was not interrupted: %v", err)
			}
		})
	}
}

// interruptedDeployment signals catnap, and nobody else, once the CDK CLI is seen to be at work.
func interruptedDeployment(t *testing.T, note string, interrupt os.Signal) (last string, code int) {
	t.Helper()
	command := deployment(t, "HANG="+note)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	last = lastLine(stderr, "CREATE_IN_PROGRESS", func() {
		if err := command.Process.Signal(interrupt); err != nil {
			t.Error(err)
		}
	})
	_ = command.Wait() // its exit code tells
	return last, command.ProcessState.ExitCode()
}

// deployment is the real binary, with the stand-ins on its PATH.
func deployment(t *testing.T, environment string) *exec.Cmd {
	t.Helper()
	path := "PATH="
	for _, name := range []string{"npx", "node", "go"} {
		path += filepath.Dir(binary(t, name)) + string(os.PathListSeparator)
	}
	infra := filepath.Join(t.TempDir(), "infra")
	put(filepath.Join(infra, "cdk.json"), "{}")
	put(filepath.Join(infra, "environments", "staging.json"), "{}")
	command := exec.CommandContext(t.Context(), binary(t, "catnap"), "provision", "staging", "--infra", infra, "--yes")
	command.Env = append(os.Environ(), path+os.Getenv("PATH"), environment)
	return command
}

// lastLine reads to the end, and calls seen at each line with a text in it.
func lastLine(r io.Reader, text string, seen func()) (last string) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if last = lines.Text(); strings.Contains(last, text) {
			seen()
		}
	}
	return last
}
