package ssm_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/ssm"
)

func TestPutWithoutOverwriteCreatesOnly(t *testing.T) {
	c := connect(&ssm.Store{})
	if version, err := put(t, c, "/a", "1"); version != 1 || err != nil {
		t.Fatalf("got version %d, %v", version, err)
	}
	_, err := put(t, c, "/a", "2")
	if _, ok := errors.AsType[*types.ParameterAlreadyExists](err); !ok {
		t.Errorf("got %v", err)
	}
	if got := *get(t, c, "/a").Value; got != "1" {
		t.Errorf("a refused put wrote %s", got)
	}
	if version, err := put(t, c, "/a", "3", overwrite); version != 2 || err != nil {
		t.Errorf("got version %d, %v", version, err)
	}
}

func TestOneOfManyCreatorsWins(t *testing.T) {
	c := connect(&ssm.Store{})
	var (
		all  sync.WaitGroup
		wins atomic.Int32
	)
	for range 20 {
		all.Go(func() {
			if _, err := put(t, c, "/lock", "mine"); err == nil {
				wins.Add(1)
			}
		})
	}
	all.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d creators won", wins.Load())
	}
}

func TestDeletedParameterBeginsAnew(t *testing.T) {
	var s ssm.Store
	s.Set("/a", "1")
	s.Set("/a", "2")
	c := connect(&s)
	in := &sdk.DeleteParameterInput{Name: new("/a")}
	if _, err := c.DeleteParameter(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	_, err := c.DeleteParameter(t.Context(), in)
	if _, ok := errors.AsType[*types.ParameterNotFound](err); !ok {
		t.Errorf("deleted twice: got %v", err)
	}
	if version, err := put(t, c, "/a", "3"); version != 1 || err != nil {
		t.Errorf("got version %d, %v", version, err)
	}
}

func TestValueHoldsFourKilobytes(t *testing.T) {
	c := connect(&ssm.Store{})
	if _, err := put(t, c, "/a", strings.Repeat("x", 4096)); err != nil {
		t.Error(err)
	}
	_, long := put(t, c, "/b", strings.Repeat("x", 4097))
	expectCode(t, long, "ValidationException")
	const want = "Standard tier parameters support a maximum parameter value of 4096 characters."
	if api, ok := errors.AsType[smithy.APIError](long); !ok || !strings.HasPrefix(api.ErrorMessage(), want) {
		t.Errorf("got %v", long)
	}
	_, wide := put(t, c, "/c", strings.Repeat("é", 2049))
	expectCode(t, wide, "ValidationException")
	_, empty := put(t, c, "/d", "")
	expectCode(t, empty, "ValidationException")
}

func TestValueHoldsNoReferences(t *testing.T) {
	c := connect(&ssm.Store{})
	for value, want := range map[string]string{
		"{{ssm:other}}": "ValidationException", "a {{}} b": "ValidationException", `{"a":{"b":{}}}`: "", "}}{{": "",
	} {
		_, err := put(t, c, "/a", value, overwrite)
		expectCode(t, err, want)
	}
}

func TestTypeIsNeededAtCreationAndNeverChanges(t *testing.T) {
	c := connect(&ssm.Store{})
	_, err := put(t, c, "/a", "1", kind(""))
	expectCode(t, err, "ValidationException")
	_, err = put(t, c, "/a", "1", kind("Number"))
	expectCode(t, err, "ValidationException")
	for _, k := range types.ParameterTypeString.Values() {
		name := "/" + string(k)
		_, err := put(t, c, name, "1,2", kind(k))
		expectCode(t, err, "")
		_, err = put(t, c, name, "3,4", kind(""), overwrite)
		expectCode(t, err, "")
		if got := get(t, c, name).Type; got != k {
			t.Errorf("got type %s, want %s", got, k)
		}
	}
	_, err = put(t, c, "/String", "1", kind(types.ParameterTypeSecureString), overwrite)
	if _, ok := errors.AsType[*types.HierarchyTypeMismatchException](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestNamesOfNewParameters(t *testing.T) {
	const invalid, reserved, deep = "ValidationException", "AccessDeniedException", "HierarchyLevelLimitExceededException"
	want := map[string]string{
		"flat": "", "/a": "", "/a/b.c-d_E9": "", "/A": "", "/a/aws": "", "/paws": "", " /spaces/around ": "",
		strings.Repeat("/l", 15): "", strings.Repeat("/l", 16): deep,
		"": invalid, "/": invalid, "/a/": invalid, "//a": invalid, "a/b": invalid, "/a b": invalid, "/é": invalid, "/a:1": invalid,
		"aws-x": invalid, "/AWS-x": invalid, "ssm": invalid, "/Ssm/x": invalid, "/aws/x": reserved,
	}
	c, got := connect(&ssm.Store{}), map[string]string{}
	for name := range want {
		_, err := put(t, c, name, "1")
		got[name] = code(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error codes (-want +got):\n%s", diff)
	}
	if got := *get(t, c, "/spaces/around").Name; got != "/spaces/around" {
		t.Errorf("got %q", got)
	}
}
