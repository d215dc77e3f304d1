// Package ssm is the AWS Systems Manager Parameter Store on a laptop.
//
// Numbers in brackets, as in [SSM-03], name the imitated behaviours; a test of this package shows each.
//
// It does not know older versions, labels, ARNs as names, filters, tags, policies, patterns, the advanced tier and data
// types other than text: what asks for one of these is refused loudly. It ignores KMS keys and descriptions, has none
// of AWS's public parameters, and does not imitate the number of parameters an account may hold, the length of names,
// and reads that lag behind writes.
package ssm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// arnPrefix stands before the name without its leading slash [SSM-03].
const arnPrefix = "arn:aws:ssm:eu-west-3:000000000000:parameter/"

// Store holds the parameters of one account and Region. The zero value is ready.
type Store struct {
	Clock clock.Clock

	mu         sync.Mutex
	parameters map[string]parameter
}

type parameter struct {
	name, value string
	kind        types.ParameterType
	version     int64
	modified    time.Time
}

var _ awsapi.Core = (*Store)(nil)

// Set seeds a parameter of type String, whatever its name and size: the rules of AWS are those of PutParameter. It
// replaces one that exists, as the next version.
func (s *Store) Set(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(name, value, types.ParameterTypeString)
}

// Handle implements awsapi.Core.
func (s *Store) Handle(_ context.Context, input any) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch in := input.(type) {
	case *sdk.GetParameterInput:
		return answer(s.get(in))
	case *sdk.GetParametersInput:
		return answer(s.getSeveral(in))
	case *sdk.GetParametersByPathInput:
		return answer(s.getByPath(in))
	case *sdk.PutParameterInput:
		return answer(s.put(in))
	case *sdk.DeleteParameterInput:
		return answer(s.remove(in))
	}
	return nil, awsapi.Unknown(input)
}

// answer keeps a nil output from becoming an interface that is not nil.
func answer[T any](out *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// write counts the version up from 1 and notes the time, in AWS's milliseconds [SSM-04].
func (s *Store) write(name, value string, kind types.ParameterType) int64 {
	if s.parameters == nil {
		s.parameters = map[string]parameter{}
	}
	version := s.parameters[name].version + 1
	modified := s.Clock.Now().UTC().Truncate(time.Millisecond)
	s.parameters[name] = parameter{name, value, kind, version, modified}
	return version
}

// output is a copy [SSM-02]: nothing a caller does to it reaches the store.
func (p parameter) output(decrypt *bool) types.Parameter {
	if p.kind == types.ParameterTypeSecureString && !aws.ToBool(decrypt) {
		p.value = ciphertext(p)
	}
	return types.Parameter{
		Name: &p.name, Value: &p.value, Type: p.kind, Version: p.version, LastModifiedDate: &p.modified,
		ARN: new(arnPrefix + strings.TrimPrefix(p.name, "/")), DataType: new("text"),
	}
}

// ciphertext looks like KMS's and cannot be read back [SSM-05].
func ciphertext(p parameter) string {
	sum := sha256.Sum256([]byte(p.name + "\x00" + p.value))
	return "AQICAH" + base64.StdEncoding.EncodeToString(sum[:])
}
