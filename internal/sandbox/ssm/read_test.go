package ssm_test

import (
	"errors"
	"fmt"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/ssm"
)

func names(parameters []types.Parameter) (all []string) {
	for _, p := range parameters {
		all = append(all, *p.Name)
	}
	return all
}

func expectNames(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func seeded(all ...string) *sdk.Client {
	var s ssm.Store
	for _, name := range all {
		s.Set(name, "value of "+name)
	}
	return connect(&s)
}

func TestGetParametersNamesWhatIsMissing(t *testing.T) {
	c := seeded("/a", "/b", "/c")
	in := &sdk.GetParametersInput{Names: []string{"/c", "/z", "/a", "/y", "/a"}}
	out, err := c.GetParameters(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	expectNames(t, "found, in alphabetical order", names(out.Parameters), "/a", "/c")
	expectNames(t, "missing", out.InvalidParameters, "/y", "/z")
}

func TestGetParametersTakesOneToTenNames(t *testing.T) {
	c := seeded()
	for n, want := range map[int]string{0: "ValidationException", 1: "", 10: "", 11: "ValidationException"} {
		in := &sdk.GetParametersInput{Names: []string{}}
		for i := range n {
			in.Names = append(in.Names, fmt.Sprint("/", i))
		}
		_, err := c.GetParameters(t.Context(), in)
		expectCode(t, err, want)
	}
}

func TestGetParametersByPath(t *testing.T) {
	c := seeded("/a", "/a/x", "/a/y/z", "/ab/x", "flat")
	for _, test := range []struct {
		path      string
		recursive bool
		want      []string
	}{
		{"/a", false, []string{"/a/x"}},
		{"/a/", false, []string{"/a/x"}},
		{"/a", true, []string{"/a/x", "/a/y/z"}},
		{"/a/x", true, nil},
		{"/nowhere", true, nil},
	} {
		out, err := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{
			Path: &test.path, Recursive: &test.recursive,
		})
		if err != nil {
			t.Fatal(err)
		}
		expectNames(t, fmt.Sprint(test.path, " recursive ", test.recursive), names(out.Parameters), test.want...)
	}
	for _, path := range []string{"a", "/a b", "//"} {
		_, err := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{Path: &path})
		expectCode(t, err, "ValidationException")
	}
}

func TestNameWithoutSlashStandsAtTheRoot(t *testing.T) {
	c := seeded("/a", "/a/x", "flat")
	out, err := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{Path: new("/")})
	if err != nil {
		t.Fatal(err)
	}
	expectNames(t, "root", names(out.Parameters), "/a", "flat")
}

func TestPagesFollowTheToken(t *testing.T) {
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("/p/%02d", i))
	}
	c := seeded(append(want, "/other")...)
	for size, pages := range map[int32]int{0: 3, 1: 25, 5: 5, 10: 3} {
		in := &sdk.GetParametersByPathInput{Path: new("/p")}
		if size > 0 {
			in.MaxResults = &size
		}
		var got []string
		n := 0
		for p := sdk.NewGetParametersByPathPaginator(c, in); p.HasMorePages(); n++ {
			out, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, names(out.Parameters)...)
		}
		expectNames(t, fmt.Sprint("pages of ", size), got, want...)
		if n != pages {
			t.Errorf("pages of %d: got %d, want %d", size, n, pages)
		}
	}
	for _, size := range []int32{-1, 0, 11} {
		_, err := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{Path: new("/p"), MaxResults: &size})
		expectCode(t, err, "ValidationException")
	}
}

func TestTokenOfNobodyIsInvalid(t *testing.T) {
	c := seeded("/a/1", "/a/2", "/b/1")
	first, err := c.GetParametersByPath(t.Context(), &sdk.GetParametersByPathInput{
		Path: new("/a"), MaxResults: new(int32(1)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []*sdk.GetParametersByPathInput{
		{Path: new("/a"), NextToken: new("made up")},
		{Path: new("/a"), NextToken: new("")},
		{Path: new("/b"), NextToken: first.NextToken},
	} {
		_, err := c.GetParametersByPath(t.Context(), in)
		if _, ok := errors.AsType[*types.InvalidNextToken](err); !ok {
			t.Errorf("%s: got %v", *in.Path, err)
		}
	}
}

func TestReadingANameThatCannotExistIsAnError(t *testing.T) {
	c := seeded("/a", "flat")
	for name, want := range map[string]string{
		" /a ": "", "flat": "",
		"": "ValidationException", "/a b": "ValidationException", "x/y": "ValidationException", "/a/": "ValidationException",
	} {
		_, one := c.GetParameter(t.Context(), &sdk.GetParameterInput{Name: &name})
		expectCode(t, one, want)
		_, several := c.GetParameters(t.Context(), &sdk.GetParametersInput{Names: []string{name}})
		expectCode(t, several, want)
	}
}
