package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRewrite(t *testing.T) {
	known := hosts{"api": {4000}, "db": {5432}, "my-cache": nil, "web": {80, 443}, "s3": {9000}}
	for text, want := range map[string]string{
		"":                                 "",
		"http://api":                       "http://localhost",
		"http://api/":                      "http://localhost/",
		"http://api:4000/api":              "http://localhost:4000/api",
		"http://api:9?x":                   "http://localhost:9?x",
		"HTTP://api#x":                     "HTTP://localhost#x",
		"redis://my-cache/0":               "redis://localhost/0",
		"jdbc:postgresql://db:5432/x":      "jdbc:postgresql://localhost:5432/x",
		"postgres://u:p@db:5432/x":         "postgres://u:p@localhost:5432/x",
		"postgres://u:p@@:db@db/x":         "postgres://u:p@@:db@localhost/x",
		"http://s3:9000/bucket":            "http://localhost:9000/bucket",
		"mongodb://db:5432,api:4000/x":     "mongodb://localhost:5432,localhost:4000/x",
		"u:p@tcp(db:5432)/x":               "u:p@tcp(localhost:5432)/x",
		"db:5432":                          "localhost:5432",
		"-h=db:5432 api:4000":              "-h=localhost:5432 localhost:4000",
		"reverse_proxy api:4000\n":         "reverse_proxy localhost:4000\n",
		`{"url":"api:4000","b":"db:5432"}`: `{"url":"localhost:4000","b":"localhost:5432"}`,

		// No host, or not of a service.
		"web":                        "web",
		"api db":                     "api db",
		"db:5433":                    "db:5433",
		"my-cache:6379":              "my-cache:6379",
		"api:40000":                  "api:40000",
		"api:4000th":                 "api:4000th",
		"api:4000.1":                 "api:4000.1",
		"api:4000:1":                 "api:4000:1",
		"ghcr.io/acme/api:4000":      "ghcr.io/acme/api:4000",
		"acme/api:4000":              "acme/api:4000",
		"my-api:4000":                "my-api:4000",
		"xapi:4000":                  "xapi:4000",
		"api.example.com:4000":       "api.example.com:4000",
		"http://api.example.com":     "http://api.example.com",
		"http://www.api":             "http://www.api",
		"http://apis/":               "http://apis/",
		"http://my-api":              "http://my-api",
		"http://example.com/api":     "http://example.com/api",
		"http://example.com//db/":    "http://example.com//db/",
		"http://x/?u=api&d=db":       "http://x/?u=api&d=db",
		"s3://db/dump":               "s3://db/dump",
		"S3://web":                   "S3://web",
		"file://api/x":               "file://api/x",
		"unix:///api":                "unix:///api",
		"//api/x":                    "//api/x",
		"://api":                     "://api",
		"team@api":                   "team@api",
		"API:4000":                   "API:4000",
		"http://localhost:4000":      "http://localhost:4000",
		"api::4000 api: 4000":        "api::4000 api: 4000",
		"/api:4000 ./db:5432":        "/api:4000 ./db:5432",
		"Host(`api`) && Path(`/db`)": "Host(`api`) && Path(`/db`)",
	} {
		if got, _ := known.rewrite(text); got != want {
			t.Errorf("rewrite(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestRewriteTellsHostsOnly(t *testing.T) {
	_, got := hosts{"db": {5432}}.rewrite("postgres://shop:secret@db:5432/shop, db:5432")
	want := []change{{"db", "localhost"}, {"db:5432", "localhost:5432"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(change{})); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// pieces make texts in which names stand everywhere where they are hosts, and everywhere where they are not.
func pieces(names []string) *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom(names),
		rapid.SampledFrom([]string{
			"http://", "s3://", "://", "//", "/", "@", ":", "u:p@", ":4000", ":5432", ":80", ".", "-", "_", " ", ",", "(", ")",
			"=", `"`, "'", ";", "&", "?", "#", "\n", "localhost", "x", "é", "0",
		}),
		rapid.StringN(0, 3, -1),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 12), func(pieces []string) string { return strings.Join(pieces, "") })
}

// TestRewriteOnce: what was rewritten needs no rewriting.
func TestRewriteOnce(t *testing.T) {
	known := hosts{"api": {4000}, "db": {5432}, "a": {80}, "http": {4000}, "localhost": {80}}
	texts := pieces([]string{"api", "db", "a", "http", "apidb"})
	rapid.Check(t, func(t *rapid.T) {
		once, _ := known.rewrite(texts.Draw(t, "text"))
		if twice, changes := known.rewrite(once); twice != once || len(changes) > 0 {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

// TestRewriteLeavesStrangers: a text without a service's name stays as it is, and so does all of one around the names.
func TestRewriteLeavesStrangers(t *testing.T) {
	known := hosts{"api": {4000}, "db": {5432}}
	texts := pieces([]string{"ap", "pi", "d", "web"})
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		if strings.Contains(text, "api") || strings.Contains(text, "db") {
			t.Skip()
		}
		if got, changes := known.rewrite(text); got != text || len(changes) > 0 {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// TestRewriteReplacesNamesOnly: taking the changes back gives the text that there was.
func TestRewriteReplacesNamesOnly(t *testing.T) {
	known := hosts{"api": {4000}}
	texts := pieces([]string{"api", "xapi", "api2"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(texts.Draw(t, "text"), localhost, "")
		got, changes := known.rewrite(text)
		if strings.ReplaceAll(got, localhost, "api") != text {
			t.Fatalf("%q became %q", text, got)
		}
		if strings.Count(got, localhost) != len(changes) {
			t.Fatalf("%q has %d changes", got, len(changes))
		}
	})
}
