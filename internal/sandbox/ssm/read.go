package ssm

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// most is how many parameters one call names or returns.
const most = 10

// get [SSM-01].
func (s *Store) get(in *sdk.GetParameterInput) (*sdk.GetParameterOutput, error) {
	name, err := asked(aws.ToString(in.Name), in)
	if err != nil {
		return nil, err
	}
	p, ok := s.parameters[name]
	if !ok {
		return nil, notFound()
	}
	return &sdk.GetParameterOutput{Parameter: new(p.output(in.WithDecryption))}, nil
}

// getSeveral returns what there is in alphabetical order and names the rest, which is no error [SSM-06].
func (s *Store) getSeveral(in *sdk.GetParametersInput) (*sdk.GetParametersOutput, error) {
	if n := len(in.Names); n < 1 || n > most {
		return nil, constraint("names", "length", n) // [SSM-07]
	}
	var names []string
	for _, name := range in.Names {
		name, err := asked(name, in)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	slices.Sort(names)
	out := &sdk.GetParametersOutput{}
	for _, name := range slices.Compact(names) {
		if p, ok := s.parameters[name]; ok {
			out.Parameters = append(out.Parameters, p.output(in.WithDecryption))
		} else {
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}

// getByPath [SSM-08]. A path that does not exist is an empty answer and no error.
func (s *Store) getByPath(in *sdk.GetParametersByPathInput) (*sdk.GetParametersByPathOutput, error) {
	if len(in.ParameterFilters) > 0 {
		return nil, fmt.Errorf("filter parameters: %w", awsapi.Unknown(in))
	}
	path, size := trim(aws.ToString(in.Path)), most
	if err := checkPath(path); err != nil {
		return nil, err
	}
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	if size < 1 || size > most {
		return nil, constraint("maxResults", "value", size) // [SSM-09]
	}
	after, err := parseToken(in.NextToken, path)
	if err != nil {
		return nil, err
	}
	return s.page(in, path, after, size), nil
}

// page ends with a token when there is more [SSM-09]. AWS may return fewer than it was asked for, even none, with a
// token; that is not imitated.
func (s *Store) page(
	in *sdk.GetParametersByPathInput, path, after string, size int,
) *sdk.GetParametersByPathOutput {
	out := &sdk.GetParametersByPathOutput{}
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		if name <= after || !under(name, path, aws.ToBool(in.Recursive)) {
			continue
		}
		if len(out.Parameters) == size {
			out.NextToken = new(token(path, *out.Parameters[size-1].Name))
			break
		}
		out.Parameters = append(out.Parameters, s.parameters[name].output(in.WithDecryption))
	}
	return out
}

// under: only recursively are there parameters more than one level down [SSM-08]. A name without a slash stands at
// the root [SSM-10].
func under(name, path string, recursive bool) bool {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
	return ok && (recursive || !strings.Contains(rest, "/"))
}

// A token says where the next page begins and for which path it was given out.
func token(path, last string) string {
	return base64.StdEncoding.EncodeToString([]byte(path + "\x00" + last))
}

func parseToken(t *string, path string) (string, error) {
	if t == nil {
		return "", nil
	}
	text, err := base64.StdEncoding.DecodeString(*t)
	after, ok := strings.CutPrefix(string(text), path+"\x00")
	if err != nil || !ok {
		return "", &types.InvalidNextToken{Message: new("The specified token isn't valid.")} // [SSM-11]
	}
	return after, nil
}
