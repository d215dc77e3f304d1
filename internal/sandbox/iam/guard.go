package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Role is what somebody may do.
type Role struct {
	Name   string
	Policy []Statement
}

// Guard holds each caller to its role. The zero value knows nobody, and lets everybody do everything; a caller without
// a role, like the sandbox's own tests, may do so too.
type Guard struct {
	mu     sync.Mutex
	roles  map[string]Role // by caller
	used   map[string]map[grant]bool
	denied map[string]bool
}

var _ awsapi.Guard = (*Guard)(nil)

// Give gives a caller a role: a function by its name, whoever acts for a schedule by the role's own ARN.
func (g *Guard) Give(caller string, r Role) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.roles == nil {
		g.roles, g.used, g.denied = map[string]Role{}, map[string]map[grant]bool{}, map[string]bool{}
	}
	g.roles[caller] = r
	if g.used[r.Name] == nil {
		g.used[r.Name] = map[grant]bool{}
	}
}

// Authorize implements awsapi.Guard.
func (g *Guard) Authorize(caller string, input any) error {
	if !g.knows(caller) {
		return nil
	}
	r, err := RequestOf(input)
	if err != nil {
		return err
	}
	return g.Use(caller, r)
}

func (g *Guard) knows(caller string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.roles[caller]
	return ok
}

// Use asks for what a caller, or AWS on its behalf, is about to do. It returns AWS's error if the caller's role does
// not allow that.
func (g *Guard) Use(caller string, r Request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	role, ok := g.roles[caller]
	if !ok {
		return nil
	}
	for _, resource := range r.resources() {
		found, allowed := find(role.Policy, r, resource)
		if !allowed {
			g.denied[fmt.Sprintf("%s: %s on %s", role.Name, r.Action, resource)] = true
			return deny(role.Name, caller, r, resource)
		}
		g.used[role.Name][found] = true
	}
	return nil
}

// Denied is what was asked for and not allowed, each once: "ROLE: ACTION on RESOURCE".
func (g *Guard) Denied() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Sorted(maps.Keys(g.denied))
}

// Unused is what roles allow and was not asked for so far: "ROLE SID: ACTION on RESOURCE", with the statement's own
// patterns.
func (g *Guard) Unused() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	unused := map[string]bool{}
	for _, role := range g.roles {
		for i, s := range role.Policy {
			for j, action := range s.Actions {
				for k, resource := range s.Resources {
					if !g.used[role.Name][grant{i, j, k}] {
						unused[fmt.Sprintf("%s %s: %s on %s", role.Name, s.Sid, action, resource)] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(unused))
}

// deny is AWS's answer.
// [IAM-06] The code is AccessDeniedException in services of JSON, where the status is 400, and of REST, where it is
// 403; AccessDenied in ELB, IAM and CloudWatch, where it is 403, and AuthorizationError in SNS. What CloudWatch says in
// CBOR, which the SDK for Go
// speaks, is not known (U).
// [IAM-07] The message names user, action and, if there is one, resource. A function's session has the function's name;
// what that of a schedule is called is not documented.
func deny(role, session string, r Request, resource string) error {
	on := ""
	if len(r.Resources) > 0 {
		on = " on resource: " + resource
	}
	session = session[strings.LastIndex(session, "/")+1:]
	message := fmt.Sprintf("User: arn:aws:sts::%s:assumed-role/%s/%s is not authorized to perform: %s%s because no "+
		"identity-based policy allows the %s action", Account, role, session, r.Action, on, r.Action)
	switch service, _, _ := strings.Cut(r.Action, ":"); service {
	case "ecs":
		return &ecstypes.AccessDeniedException{Message: aws.String(message)}
	case "sns":
		return &snstypes.AuthorizationErrorException{Message: aws.String(message)}
	case "elasticloadbalancing", "cloudwatch", "iam":
		return &smithy.GenericAPIError{Code: "AccessDenied", Message: message, Fault: smithy.FaultClient}
	default:
		return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: message, Fault: smithy.FaultClient}
	}
}
