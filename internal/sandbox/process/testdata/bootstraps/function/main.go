// Command function is a function made with aws-lambda-go that does what its events say.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	N    int
	Text string
}

type answer struct {
	PID, Invocations int
	ID, ARN, Trace   string
	Deadline         int64
	Name, Memory     string
	Text             string
	Environment      []string
	Folder           string
	Child            int
}

type refusedError struct{}

func (*refusedError) Error() string { return "refused" }

var invocations, count atomic.Int64

func main() {
	if delay, err := time.ParseDuration(os.Getenv("START_DELAY")); err == nil {
		time.Sleep(delay)
	}
	if path := os.Getenv("COUNT_FILE"); path != "" {
		go counter(path)
	}
	lambda.Start(handle)
}

// counter counts milliseconds for as long as it is let, where others can see it.
func counter(path string) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		panic(err)
	}
	for range time.Tick(time.Millisecond) {
		_, _ = file.WriteAt([]byte(fmt.Sprintf("%020d", count.Add(1))), 0)
	}
}

func handle(ctx context.Context, e event) (any, error) {
	a := describe(ctx)
	a.Text = e.Text
	switch e.Do {
	case "error":
		return nil, &refusedError{}
	case "panic":
		panic(errors.New("oops"))
	case "exit":
		os.Exit(e.N)
	case "killed":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "hang":
		select {}
	case "big": // two quotes come with it
		return strings.Repeat("x", e.N-2), nil
	case "count":
		for begin := count.Load(); count.Load() < begin+int64(e.N); {
			time.Sleep(time.Millisecond)
		}
		a.Text = strconv.FormatInt(count.Load(), 10)
	case "wait": // for a file to appear
		for {
			if _, err := os.Stat(e.Text); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	case "fork":
		sleep := exec.Command("sleep", "1000")
		sleep.Stdout = os.Stdout
		if err := sleep.Start(); err != nil {
			return nil, err
		}
		a.Child = sleep.Process.Pid
	case "write":
		fmt.Print(e.Text)
		fmt.Fprint(os.Stderr, "to stderr\nno end")
	}
	return a, nil
}

func describe(ctx context.Context) answer {
	request, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	folder, _ := os.Getwd()
	return answer{
		PID: os.Getpid(), Invocations: int(invocations.Add(1)),
		ID: request.AwsRequestID, ARN: request.InvokedFunctionArn, Trace: trace, Deadline: deadline.UnixMilli(),
		Name: lambdacontext.FunctionName, Memory: strconv.Itoa(lambdacontext.MemoryLimitInMB),
		Environment: os.Environ(), Folder: folder,
	}
}
