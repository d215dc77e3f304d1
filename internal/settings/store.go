package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/ptr"
)

// ssmAPI is what the store calls. Standard parameters cost nothing, but all Get* calls of an account and region
// together are limited to 40 a second: hence the cache.
// https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm
type ssmAPI interface {
	GetParametersByPath(
		context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options),
	) (*ssm.GetParametersByPathOutput, error)
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
	PutParameter(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
}

var _ ssmAPI = (*ssm.Client)(nil)

// pageSize is the most that GetParametersByPath allows.
const pageSize = 10

// Store reads settings from SSM and keeps them for a moment. It is safe for concurrent use.
//
// When SSM cannot be read, what was read before is used for up to ten times the TTL. That holds for the freeze too: a
// new one may then be seen five minutes late, which a budget can bear better than visitors can bear errors.
type Store struct {
	// TTL is how long what was read is used without asking again. Zero means 30 s.
	TTL time.Duration
	// Prefix is where catnap's parameters begin. Zero means "/catnap".
	Prefix string

	api      ssmAPI
	now      func() time.Time
	services *cache[listing]
	freeze   *cache[Freeze]
}

// NewStore returns a store that reads through api, an *ssm.Client. TTL and Prefix may be set before the first use.
func NewStore(api ssmAPI, now func() time.Time) *Store {
	s := &Store{api: api, now: now}
	s.services = newCache(now, s.loadServices)
	s.freeze = newCache(now, s.loadFreeze)
	return s
}

// All returns every service with good settings, sorted by name. The error names what is wrong with the others, and
// does not make the returned ones less good. What the services point to is shared: do not change it.
func (s *Store) All(ctx context.Context) ([]Service, error) {
	l, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(l.services), l.err()
}

// Fresh is All past the cache.
func (s *Store) Fresh(ctx context.Context) ([]Service, error) {
	l, err := s.loadServices(ctx)
	if err != nil {
		return nil, &UnreadError{err}
	}
	return l.services, l.err()
}

// ByWakerTargetGroup returns the service whose waker target group has this ARN: the one that a request to the waker is
// meant for. The error is a *NotFoundError when there is none, together with what is wrong with the settings that
// could not be read, as it may be one of those; and an *UnreadError when SSM could not be asked.
func (s *Store) ByWakerTargetGroup(ctx context.Context, arn string) (Service, error) {
	l, err := s.list(ctx)
	if err != nil {
		return Service{}, err
	}
	return l.byWakerTargetGroup(arn)
}

// NotFoundError says that no service has the waker target group.
type NotFoundError struct{ WakerTargetGroup string }

func (e *NotFoundError) Error() string {
	return "find service: none has the waker target group " + quote(e.WakerTargetGroup)
}

// Frozen returns until when nothing may be woken, and zero when there is no freeze of everything at present. A service
// may have a freeze of its own: see Service.FrozenUntil.
func (s *Store) Frozen(ctx context.Context) (time.Time, error) {
	f, err := s.Freeze(ctx)
	return f.Until, err
}

// ServiceFrozen returns until when the service may not be woken: see Service.FrozenUntil. The one of the two freezes
// that could be read counts even when the error says that the other could not.
func (s *Store) ServiceFrozen(ctx context.Context, service string) (time.Time, error) {
	all, err := s.Frozen(ctx)
	l, listErr := s.list(ctx)
	for _, svc := range l.services {
		if svc.Name == service && svc.Freeze.Active(s.now()) {
			all = svc.FrozenUntil(all)
		}
	}
	return all, errors.Join(err, listErr)
}

// Freeze returns the freeze of everything with its reason, and the zero value when there is none at present.
func (s *Store) Freeze(ctx context.Context) (Freeze, error) {
	f, err := s.freeze.get(ctx, s.ttl())
	if err != nil || !f.Active(s.now()) {
		return Freeze{}, err
	}
	return f, nil
}

// UnreadError says that SSM could not be asked. What the settings say is not known, and asking again may help.
type UnreadError struct{ Err error }

func (e *UnreadError) Error() string { return e.Err.Error() }

// Unwrap returns what came of the call.
func (e *UnreadError) Unwrap() error { return e.Err }

func (s *Store) list(ctx context.Context) (listing, error) {
	l, err := s.services.get(ctx, s.ttl())
	if err != nil {
		return listing{}, &UnreadError{err}
	}
	return l, nil
}

func (s *Store) loadServices(ctx context.Context) (listing, error) {
	path := s.prefix() + "/services"
	parameters, err := parametersBelow(ctx, s.api, path)
	if err != nil {
		return listing{}, err
	}
	var l listing
	for _, p := range parameters {
		l.add(strings.TrimPrefix(ptr.ToString(p.Name), path+"/"), []byte(ptr.ToString(p.Value)))
	}
	l.settle()
	return l, nil
}

func parametersBelow(ctx context.Context, api ssmAPI, path string) ([]types.Parameter, error) {
	pages := ssm.NewGetParametersByPathPaginator(api,
		&ssm.GetParametersByPathInput{Path: &path, Recursive: new(true)}, bounded)
	var all []types.Parameter
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("get parameters below %s: %w", path, err)
		}
		all = append(all, page.Parameters...)
	}
	return all, nil
}

func bounded(o *ssm.GetParametersByPathPaginatorOptions) {
	o.Limit = pageSize
	o.StopOnDuplicateToken = true
}

func (s *Store) loadFreeze(ctx context.Context) (Freeze, error) {
	return s.ReadFreeze(ctx, "")
}

// readDocument reads a parameter; one that is missing is the zero value.
func readDocument[T any](ctx context.Context, s *Store, name string, parse func([]byte) (T, error)) (T, error) {
	var none T
	out, err := s.api.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	if _, ok := errors.AsType[*types.ParameterNotFound](err); ok {
		return none, nil
	}
	if err != nil {
		return none, fmt.Errorf("get parameter %s: %w", name, err)
	}
	return parse([]byte(ptr.ToString(out.Parameter.Value)))
}

func (s *Store) ttl() time.Duration {
	if s.TTL == 0 {
		return 30 * time.Second
	}
	return s.TTL
}

func (s *Store) prefix() string {
	if s.Prefix == "" {
		return "/catnap"
	}
	return s.Prefix
}
