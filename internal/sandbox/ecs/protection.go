package ecs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// [ECS-22] The protection of a hundred tasks can be asked for at a time. AWS lets a caller name none; what it answers
// then is not documented.
func (e *ECS) getTaskProtection(in *ecs.GetTaskProtectionInput) (*ecs.GetTaskProtectionOutput, error) {
	if err := between("Tasks", len(in.Tasks), maxTasks); err != nil {
		return nil, err
	}
	out := &ecs.GetTaskProtectionOutput{}
	for _, arn := range in.Tasks {
		t := e.findTask(in.Cluster, arn)
		if t == nil {
			out.Failures = append(out.Failures, failure(arn, "MISSING"))
			continue
		}
		out.ProtectedTasks = append(out.ProtectedTasks, e.protection(t))
	}
	return out, nil
}

// [ECS-23] Protection ends by itself after two hours, or 1 to 2880 minutes as asked for; asking again begins anew.
// Ten tasks are protected at a time.
func (e *ECS) updateTaskProtection(in *ecs.UpdateTaskProtectionInput) (*ecs.UpdateTaskProtectionOutput, error) {
	if err := between("Tasks", len(in.Tasks), maxProtected); err != nil {
		return nil, err
	}
	const usual, least, most = 120, 1, 2880
	minutes := int32(usual)
	if in.ExpiresInMinutes != nil {
		minutes = *in.ExpiresInMinutes
	}
	if minutes < least || minutes > most {
		return nil, invalid("expiresInMinutes must be between %d and %d.", least, most)
	}
	until := time.Time{}
	if in.ProtectionEnabled {
		until = e.Clock.Now().Add(time.Duration(minutes) * time.Minute)
	}
	return e.protect(in, until), nil
}

func (e *ECS) protect(in *ecs.UpdateTaskProtectionInput, until time.Time) *ecs.UpdateTaskProtectionOutput {
	out := &ecs.UpdateTaskProtectionOutput{}
	for _, arn := range in.Tasks {
		t := e.findTask(in.Cluster, arn)
		if reason := e.unprotectable(t, in.ProtectionEnabled); reason != "" {
			out.Failures = append(out.Failures, failure(arn, reason))
			continue
		}
		t.protectedUntil = until
		out.ProtectedTasks = append(out.ProtectedTasks, e.protection(t))
	}
	return out
}

// unprotectable tells why a task's protection can't be changed.
// [ECS-24] None can be protected while more tasks of the service are protected than desired. A task that stops can't be
// protected either; by which reason AWS says so is not documented.
func (e *ECS) unprotectable(t *task, enable bool) string {
	now := e.Clock.Now()
	switch {
	case t == nil:
		return "MISSING"
	case t.stopping:
		return "TASK_NOT_VALID"
	case enable && t.service.count(func(t *task) bool { return t.live() && t.protected(now) }) > t.service.Desired:
		return "DEPLOYMENT_BLOCKED"
	default:
		return ""
	}
}

func (e *ECS) protection(t *task) types.ProtectedTask {
	described := types.ProtectedTask{TaskArn: aws.String(t.arn())}
	if t.protected(e.Clock.Now()) {
		described.ProtectionEnabled, described.ExpirationDate = true, aws.Time(t.protectedUntil)
	}
	return described
}
