package ssm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// mostValue is the standard tier's limit. AWS documents 4 KB and its error speaks of characters; bytes are counted
// here, which is the stricter reading.
const mostValue = 4096

// put [SSM-12]: without Overwrite it creates only, and atomically so. There is no compare-and-set.
func (s *Store) put(in *sdk.PutParameterInput) (*sdk.PutParameterOutput, error) {
	if err := checkImitated(in); err != nil {
		return nil, err
	}
	name, value := trim(aws.ToString(in.Name)), aws.ToString(in.Value)
	if err := checkNew(name); err != nil {
		return nil, err
	}
	if err := checkValue(value); err != nil {
		return nil, err
	}
	old, exists := s.parameters[name]
	if exists && !aws.ToBool(in.Overwrite) {
		return nil, alreadyExists()
	}
	kind, err := kindOf(in.Type, old.kind)
	if err != nil {
		return nil, err
	}
	version := s.write(name, value, kind)
	return &sdk.PutParameterOutput{Version: version, Tier: types.ParameterTierStandard}, nil
}

// remove [SSM-13]: a parameter that is created again starts at version 1.
func (s *Store) remove(in *sdk.DeleteParameterInput) (*sdk.DeleteParameterOutput, error) {
	name := trim(aws.ToString(in.Name))
	if _, ok := s.parameters[name]; !ok {
		return nil, notFound()
	}
	delete(s.parameters, name)
	return &sdk.DeleteParameterOutput{}, nil
}

func checkImitated(in *sdk.PutParameterInput) error {
	standard := in.Tier == "" || in.Tier == types.ParameterTierStandard
	text := in.DataType == nil || *in.DataType == "text"
	if !standard || !text || in.AllowedPattern != nil || in.Policies != nil || len(in.Tags) > 0 {
		return fmt.Errorf("put a parameter with tier, data type, pattern, policies or tags: %w", awsapi.Unknown(in))
	}
	return nil
}

func checkValue(value string) error {
	if value == "" {
		return constraint("value", "length", 0)
	}
	if len(value) > mostValue { // [SSM-14]
		return invalid("Standard tier parameters support a maximum parameter value of 4096 characters. To create a " +
			"larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see " +
			"https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html")
	}
	if _, rest, ok := strings.Cut(value, "{{"); ok && strings.Contains(rest, "}}") { // [SSM-18]
		return invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`)
	}
	return nil
}

// kindOf [SSM-15]: a type is needed at creation and never changes; old is empty when there is no parameter yet.
func kindOf(wanted, old types.ParameterType) (types.ParameterType, error) {
	switch {
	case wanted == "" && old == "":
		return "", invalid("A parameter type is required when you create a parameter.")
	case wanted == "":
		return old, nil
	case !slices.Contains(wanted.Values(), wanted):
		return "", invalid("1 validation error detected: Value '%s' at 'type' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [SecureString, StringList, String]", wanted)
	case old != "" && wanted != old:
		return "", &types.HierarchyTypeMismatchException{
			Message: new("Parameter Store doesn't support changing a parameter type in a hierarchy."),
		}
	}
	return wanted, nil
}
