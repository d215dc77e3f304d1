package ssm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/ssm"
)

func connect(core awsapi.Core) *sdk.Client {
	var backplane awsapi.Backplane
	return sdk.New(sdk.Options{
		Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{backplane.Attach(core)},
	})
}

func get(t *testing.T, c *sdk.Client, name string) types.Parameter {
	t.Helper()
	out, err := c.GetParameter(t.Context(), &sdk.GetParameterInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Parameter
}

// put creates or, given an option, overwrites a String.
func put(t *testing.T, c *sdk.Client, name, value string, change ...func(*sdk.PutParameterInput)) (int64, error) {
	t.Helper()
	in := &sdk.PutParameterInput{Name: &name, Value: &value, Type: types.ParameterTypeString}
	for _, f := range change {
		f(in)
	}
	out, err := c.PutParameter(t.Context(), in)
	if err != nil {
		return 0, err
	}
	return out.Version, nil
}

func overwrite(in *sdk.PutParameterInput) { in.Overwrite = new(true) }

func kind(k types.ParameterType) func(*sdk.PutParameterInput) {
	return func(in *sdk.PutParameterInput) { in.Type = k }
}

// code is the error code that a caller of the SDK sees, and "" for none.
func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func expectCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func TestGetParameter(t *testing.T) {
	var s ssm.Store
	s.Set("/catnap/app", "on")
	s.Set("flat", "off")
	c := connect(&s)
	p := get(t, c, "/catnap/app")
	got := []string{*p.Name, *p.Value, string(p.Type), *p.DataType, *p.ARN, *get(t, c, "flat").ARN}
	const arn = "arn:aws:ssm:eu-west-3:000000000000:parameter/"
	want := []string{"/catnap/app", "on", "String", "text", arn + "catnap/app", arn + "flat"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameter (-want +got):\n%s", diff)
	}
}

func TestAbsentParameterIsNotFound(t *testing.T) {
	_, err := connect(&ssm.Store{}).GetParameter(t.Context(), &sdk.GetParameterInput{Name: new("/no")})
	if _, ok := errors.AsType[*types.ParameterNotFound](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestAnswersAreCopies(t *testing.T) {
	var s ssm.Store
	s.Set("/a", "1")
	c := connect(&s)
	p := get(t, c, "/a")
	*p.Value, *p.Name, *p.LastModifiedDate = "2", "/b", time.Time{}
	if again := get(t, c, "/a"); *again.Value != "1" || *again.Name != "/a" || again.LastModifiedDate.IsZero() {
		t.Errorf("got %s = %s", *again.Name, *again.Value)
	}
	value := "3"
	if _, err := put(t, c, "/c", "", func(in *sdk.PutParameterInput) { in.Value = &value }); err != nil {
		t.Fatal(err)
	}
	value = "4"
	if got := *get(t, c, "/c").Value; got != "3" {
		t.Errorf("got %s", got)
	}
}

func TestVersionAndDateMoveWithEveryWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s ssm.Store
		c, begin := connect(&s), time.Now()
		for want := int64(1); want < 4; want++ {
			time.Sleep(time.Second + time.Microsecond)
			version, err := put(t, c, "/a", fmt.Sprint(want), overwrite)
			p := get(t, c, "/a")
			modified := begin.Add(time.Duration(want) * time.Second)
			if err != nil || version != want || p.Version != want || !p.LastModifiedDate.Equal(modified) {
				t.Errorf("write %d: got version %d, %d at %s, %v", want, version, p.Version, p.LastModifiedDate, err)
			}
		}
		s.Set("/a", "seeded")
		if got := get(t, c, "/a").Version; got != 4 {
			t.Errorf("Set made version %d", got)
		}
	})
}

func TestSecureStringIsReadableOnlyWithDecryption(t *testing.T) {
	var s ssm.Store
	c := connect(&s)
	if _, err := put(t, c, "/secret", "hunter2", kind(types.ParameterTypeSecureString)); err != nil {
		t.Fatal(err)
	}
	if got := *get(t, c, "/secret").Value; !strings.HasPrefix(got, "AQICAH") || strings.Contains(got, "hunter2") {
		t.Errorf("without decryption: got %s", got)
	}
	in := &sdk.GetParameterInput{Name: new("/secret"), WithDecryption: new(true)}
	out, err := c.GetParameter(t.Context(), in)
	if err != nil || *out.Parameter.Value != "hunter2" || out.Parameter.Type != types.ParameterTypeSecureString {
		t.Errorf("with decryption: got %+v, %v", out, err)
	}
	s.Set("/plain", "text")
	if got := *get(t, c, "/plain").Value; got != "text" {
		t.Errorf("a String without decryption: got %s", got)
	}
}

func TestSetKnowsNoLimits(t *testing.T) {
	var s ssm.Store
	s.Set("/aws/service/x", strings.Repeat("x", 5000))
	if got := len(*get(t, connect(&s), "/aws/service/x").Value); got != 5000 {
		t.Errorf("got %d characters", got)
	}
}

func TestWhatIsNotImitatedIsRefused(t *testing.T) {
	var s ssm.Store
	s.Set("/a", "1")
	c := connect(&s)
	_, other := c.DescribeParameters(t.Context(), &sdk.DescribeParametersInput{})
	_, version := c.GetParameter(t.Context(), &sdk.GetParameterInput{Name: new("/a:1")})
	_, filtered := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{
		Path: new("/"), ParameterFilters: []types.ParameterStringFilter{{Key: new("Type")}},
	})
	_, advanced := put(t, c, "/b", "1", func(in *sdk.PutParameterInput) { in.Tier = types.ParameterTierAdvanced })
	_, tagged := put(t, c, "/b", "1", func(in *sdk.PutParameterInput) {
		in.Tags = []types.Tag{{Key: new("a"), Value: new("b")}}
	})
	for _, err := range []error{other, version, filtered, advanced, tagged} {
		expectCode(t, err, "UnknownOperationException")
	}
}
