package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// callers are who may invoke a function by its own policy; none if it has no policy.
func (e *Examiner) callers(ctx context.Context, name string) ([]Caller, error) {
	out, err := e.Lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &name})
	if _, none := errors.AsType[*types.ResourceNotFoundException](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, denied("lambda:GetPolicy", fmt.Errorf("get policy of %s: %w", name, err))
	}
	callers, err := parsePolicy(aws.ToString(out.Policy))
	if err != nil {
		return nil, fmt.Errorf("read policy of %s: %w", name, err)
	}
	return callers, nil
}

// parsePolicy reads what AddPermission writes: a service as the principal, and conditions on the source alone. Keys of
// conditions are without case; AWS writes "AWS:SourceArn".
func parsePolicy(text string) (callers []Caller, err error) {
	var policy struct {
		Statement []struct {
			Effect    string
			Principal any
			Action    any
			Condition map[string]map[string]any
		}
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return nil, err
	}
	for _, s := range policy.Statement {
		if s.Effect != "Allow" || fmt.Sprint(s.Action) != "lambda:InvokeFunction" {
			continue
		}
		c := Caller{Principal: fmt.Sprint(s.Principal)}
		if who, ok := s.Principal.(map[string]any); ok {
			c.Principal = fmt.Sprint(who["Service"])
		}
		for _, keys := range s.Condition {
			for key, value := range keys {
				c.condition(strings.ToLower(key), fmt.Sprint(value))
			}
		}
		callers = append(callers, c)
	}
	return callers, nil
}

func (c *Caller) condition(key, value string) {
	switch key {
	case "aws:sourcearn":
		c.SourceARN = value
	case "aws:sourceaccount":
		c.SourceAccount = value
	}
}
