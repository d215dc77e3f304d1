package settings

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/ptr"
)

// fakeSSM is a parameter store of which the zero value is empty and ready. Pages are of two, however many are asked
// for, and an empty page comes before the last: the service promises no more.
type fakeSSM struct {
	took time.Duration // how long each call takes

	mu         sync.Mutex
	parameters map[string]string
	fail       error // what each call fails with
	calls      int
	puts       int
}

func (f *fakeSSM) put(name, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.parameters == nil {
		f.parameters = map[string]string{}
	}
	f.parameters[name] = value
}

func (f *fakeSSM) failWith(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *fakeSSM) called() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// call takes its time, as the network does, and answers with what stands there at the end of it.
func (f *fakeSSM) call(ctx context.Context, answer func() error) error {
	f.mu.Lock()
	f.calls++
	f.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(f.took):
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	return answer()
}

func (f *fakeSSM) GetParameter(
	ctx context.Context, in *ssm.GetParameterInput, _ ...func(*ssm.Options),
) (*ssm.GetParameterOutput, error) {
	out := &ssm.GetParameterOutput{}
	return out, f.call(ctx, func() error {
		value, ok := f.parameters[*in.Name]
		if !ok {
			return &types.ParameterNotFound{Message: in.Name}
		}
		out.Parameter = &types.Parameter{Name: in.Name, Value: &value}
		return nil
	})
}

func (f *fakeSSM) PutParameter(
	ctx context.Context, in *ssm.PutParameterInput, _ ...func(*ssm.Options),
) (*ssm.PutParameterOutput, error) {
	return &ssm.PutParameterOutput{}, f.call(ctx, func() error {
		if _, ok := f.parameters[*in.Name]; ok && !*in.Overwrite {
			return &types.ParameterAlreadyExists{Message: in.Name}
		}
		if f.parameters == nil {
			f.parameters = map[string]string{}
		}
		f.parameters[*in.Name] = *in.Value
		f.puts++
		return nil
	})
}

func (f *fakeSSM) GetParametersByPath(
	ctx context.Context, in *ssm.GetParametersByPathInput, _ ...func(*ssm.Options),
) (*ssm.GetParametersByPathOutput, error) {
	out := &ssm.GetParametersByPathOutput{}
	return out, f.call(ctx, func() error {
		if *in.MaxResults < 1 || *in.MaxResults > 10 {
			return &types.InvalidFilterValue{Message: new("MaxResults must be 1 to 10")}
		}
		from, err := strconv.Atoi("0" + ptr.ToString(in.NextToken))
		if err != nil {
			return &types.InvalidNextToken{Message: in.NextToken}
		}
		out.Parameters, out.NextToken = f.page(*in.Path, from, in.Recursive != nil && *in.Recursive)
		return nil
	})
}

// page goes one level deep unless it is recursive.
func (f *fakeSSM) page(path string, from int, recursive bool) ([]types.Parameter, *string) {
	var all []types.Parameter
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(f.parameters))) {
		rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
		if ok && (recursive || !strings.Contains(rest, "/")) {
			all = append(all, types.Parameter{Name: new(name), Value: new(f.parameters[name])})
		}
	}
	switch {
	case from > len(all):
		return nil, nil
	case from == len(all):
		return nil, new(strconv.Itoa(from + 1))
	}
	to := min(from+2, len(all))
	return all[from:to], new(strconv.Itoa(to))
}
