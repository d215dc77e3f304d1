// Command infra is the CDK app of a web application that sleeps while nobody uses it. `cdk.json` runs it; README.md
// tells how.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	err := run(context.Background())
	jsii.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run turns what CDK panics with into an error: the lines of a failed validation are for the reader, Go's stack is not.
func run(ctx context.Context) (err error) {
	defer func() {
		if failure := recover(); failure != nil {
			err = errors.New(fmt.Sprint(failure))
		}
	}()
	folder, err := os.MkdirTemp("", "catnap-infra-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	app := awscdk.NewApp(nil)
	notes, err := build(ctx, app, folder)
	for _, note := range notes {
		fmt.Fprintln(os.Stderr, note)
	}
	if err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}
