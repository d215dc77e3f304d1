package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/catnap-dev/catnap/infra/billing"
	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/ec2"
	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/webapp"
)

// The context that the app reads: `-c env=staging -c mode=both`. Besides, a value of the name of one of the
// environment's variables takes its place: `-c IMAGE_TAG=1.4.2`.
const (
	envContext  = "env"  // the name of a file in environments/, or the path of one
	modeContext = "mode" // ecs, ec2 or both, in place of the file's
	distContext = "dist" // the folder with catnap's built functions
)

// build makes the stacks of an environment. The notes are what the compose file means on Fargate. What the machine
// needs is packed into the folder, which must be there until the app is synthesised.
func build(ctx context.Context, app awscdk.App, folder string) (notes []compose.Note, err error) {
	e, err := load(app)
	if err != nil {
		return nil, err
	}
	task, notes, err := compose.Load(ctx, compose.Source{File: e.Compose, Environment: e.Variables, Profiles: e.Profiles})
	if err != nil {
		return nil, err
	}
	p := webapp.Props{Environment: e, Task: task, Dist: valueOr(app, distContext, "../dist"), Bundle: folder}
	if e.Mode.OnEC2() {
		if err := bundle(p).Write(folder); err != nil {
			return notes, err
		}
	}
	webapp.NewStack(app, p)
	if e.Billing.Limit > 0 {
		billing.NewStack(app, billing.Props{
			Site: p.Site(), Account: e.Account, Limit: e.Billing.Limit, Services: e.Billing.Services, Email: e.Email,
		})
	}
	return notes, nil
}

func load(app awscdk.App) (environment.Environment, error) {
	name := valueOr(app, envContext, "")
	if name == "" {
		return environment.Environment{}, fmt.Errorf("context %s: is missing, must be an environment: -c %s=staging reads "+
			"environments/staging.json", envContext, envContext)
	}
	file := name
	if !strings.HasSuffix(name, ".json") {
		file = filepath.Join("environments", name+".json")
	}
	e, err := environment.Load(file)
	if err != nil {
		return environment.Environment{}, err
	}
	e.Mode = environment.Mode(valueOr(app, modeContext, string(e.Mode)))
	if !e.Mode.Valid() {
		return e, fmt.Errorf("context %s: %q must be ecs, ec2 or both", modeContext, e.Mode)
	}
	for _, variable := range slices.Sorted(maps.Keys(e.Variables)) {
		e.Variables[variable] = valueOr(app, variable, e.Variables[variable])
	}
	return e, nil
}

func bundle(p webapp.Props) ec2.Bundle {
	e := p.Environment
	return ec2.Bundle{
		File: e.Compose, Files: e.EC2.Files, Variables: e.Variables, Profiles: e.Profiles, Task: p.Task,
		Port: ec2.Port(e.EC2, p.Task), Region: e.Region, LogGroup: p.LogGroup(),
	}
}

// valueOr is a context value, or another one where there is none.
func valueOr(app awscdk.App, key, otherwise string) string {
	if value, ok := app.Node().TryGetContext(&key).(string); ok {
		return value
	}
	return otherwise
}
