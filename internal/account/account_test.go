package account_test

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/account"
)

var noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

// computer is a place without any of AWS's variables and files but those that are given.
func computer(t *testing.T, environment map[string]string) {
	t.Helper()
	for _, name := range []string{
		"REGION", "DEFAULT_REGION", "PROFILE", "DEFAULT_PROFILE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN",
		"ENDPOINT_URL", "ENDPOINT_URL_SSM", "CA_BUNDLE", "MAX_ATTEMPTS",
	} {
		t.Setenv("AWS_"+name, "")
	}
	nowhere := filepath.Join(t.TempDir(), "none")
	t.Setenv("AWS_CONFIG_FILE", nowhere)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for name, value := range environment {
		t.Setenv(name, value)
	}
}

func keys(more ...string) map[string]string {
	environment := map[string]string{
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-3",
	}
	for i := 0; i < len(more); i += 2 {
		environment[more[i]] = more[i+1]
	}
	return environment
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// ssmAnswering is an address at which SSM has the parameter "a", and whose clock shows date.
func ssmAnswering(t *testing.T, date time.Time, serve func(http.Handler) *httptest.Server) *httptest.Server {
	t.Helper()
	server := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", date.Format(http.TimeFormat))
		w.Header().Set("Authorized-By", r.Header.Get("Authorization"))
		if r.Header.Get("X-Amz-Target") != "AmazonSSM.GetParameter" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Write([]byte(`{"Parameter": {"Name": "a", "Value": "b"}}`))
	}))
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, o account.Options) (*account.Account, error) {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	a, err := account.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.SSM.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("a")})
	return a, err
}

// TestEndpoint: the flag comes before all variables, and each of those is honoured.
func TestEndpoint(t *testing.T) {
	url := ssmAnswering(t, noon, httptest.NewServer).URL
	const nobody = "http://127.0.0.1:1"
	tests := map[string]struct {
		environment map[string]string
		flag        string
	}{
		"flag":                         {keys(), url},
		"variable":                     {keys("AWS_ENDPOINT_URL", url), ""},
		"variable of the service":      {keys("AWS_ENDPOINT_URL", nobody, "AWS_ENDPOINT_URL_SSM", url), ""},
		"flag before the variable":     {keys("AWS_ENDPOINT_URL", nobody), url},
		"flag before the service's":    {keys("AWS_ENDPOINT_URL_SSM", nobody), url},
		"flag, and retries are a file": {keys("AWS_CONFIG_FILE", file(t, "[default]\nmax_attempts = 1\n")), url},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			computer(t, test.environment)
			if _, err := ask(t, account.Options{EndpointURL: test.flag}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAuthorities(t *testing.T) {
	server := ssmAnswering(t, noon, httptest.NewTLSServer)
	computer(t, keys("AWS_MAX_ATTEMPTS", "1"))
	if _, err := ask(t, account.Options{EndpointURL: server.URL}); err == nil {
		t.Fatal("trusts an authority that nobody named")
	}
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	t.Setenv("AWS_CA_BUNDLE", file(t, string(bundle)))
	if _, err := ask(t, account.Options{EndpointURL: server.URL}); err != nil {
		t.Error(err)
	}
}

func TestRegionAndProfile(t *testing.T) {
	profiles := file(t, "[profile work]\nregion = us-west-2\naws_access_key_id = work\naws_secret_access_key = x\n"+
		"[profile bare]\noutput = json\n")
	tests := map[string]struct {
		environment map[string]string
		options     account.Options
		want        string
	}{
		"variable":                  {keys(), account.Options{}, "eu-west-3"},
		"flag":                      {keys(), account.Options{Region: "eu-north-1"}, "eu-north-1"},
		"profile":                   {map[string]string{}, account.Options{Profile: "work"}, "us-west-2"},
		"profile's variable":        {map[string]string{"AWS_PROFILE": "work"}, account.Options{}, "us-west-2"},
		"flag before the profile's": {map[string]string{}, account.Options{Profile: "work", Region: "eu-west-1"}, "eu-west-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			computer(t, test.environment)
			t.Setenv("AWS_CONFIG_FILE", profiles)
			a, err := account.Open(t.Context(), test.options)
			if err != nil || a.Config.Region != test.want {
				t.Errorf("%v, error %v; want %s", a, err, test.want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	computer(t, map[string]string{})
	tests := map[string]struct {
		options account.Options
		want    string
	}{
		"no Region":       {account.Options{}, "find the Region: not set; give --region, set AWS_REGION"},
		"unknown profile": {account.Options{Profile: "nobody", Region: "eu-west-3"}, "read AWS's configuration: failed to get shared config profile, nobody"},
		"no URL":          {account.Options{EndpointURL: "127.0.0.1:4566"}, `read --endpoint-url: "127.0.0.1:4566" must be http or https and a host`},
		"no host":         {account.Options{EndpointURL: "http://:80"}, `"http://:80" must be`},
		"other scheme":    {account.Options{EndpointURL: "ftp://a"}, `"ftp://a" must be`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := account.Open(t.Context(), test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

// TestNowIsOfTheAnswers: but not of what is within their coarseness.
func TestNowIsOfTheAnswers(t *testing.T) {
	tests := map[string]struct {
		server time.Duration
		want   time.Duration
	}{
		"ahead":            {time.Hour, time.Hour},
		"behind":           {-time.Hour, -time.Hour},
		"a little ahead":   {time.Second, 0},
		"a little behind":  {-time.Second, 0},
		"enough to matter": {2 * time.Second, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			computer(t, keys())
			a, err := ask(t, account.Options{EndpointURL: ssmAnswering(t, noon.Add(test.server), httptest.NewServer).URL})
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Now(); !got.Equal(noon.Add(test.want)) {
				t.Errorf("now %s, want %s", got, noon.Add(test.want))
			}
		})
	}
}

func TestNowIsOfARefusal(t *testing.T) {
	computer(t, keys())
	server := ssmAnswering(t, noon.Add(time.Hour), httptest.NewServer)
	o := account.Options{EndpointURL: server.URL, Now: func() time.Time { return noon }}
	a, err := account.Open(t.Context(), o)
	if err != nil || !a.Now().Equal(noon) {
		t.Fatalf("before anything is asked now is %s (%v)", a.Now(), err)
	}
	if _, err := a.SSM.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("a")}); err == nil {
		t.Fatal("not refused")
	}
	if got := a.Now(); !got.Equal(noon.Add(time.Hour)) {
		t.Errorf("now %s", got)
	}
}

// TestFront: what stands in front sees the calls of all clients.
func TestFront(t *testing.T) {
	computer(t, keys())
	seen := 0
	front := func(stack *middleware.Stack) error {
		m := middleware.InitializeMiddlewareFunc("Front", func(
			_ context.Context, _ middleware.InitializeInput, _ middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			seen++
			return middleware.InitializeOutput{Result: &ssm.GetParameterOutput{}}, middleware.Metadata{}, nil
		})
		return stack.Initialize.Add(m, middleware.After)
	}
	if _, err := ask(t, account.Options{Front: front}); err != nil || seen != 1 {
		t.Errorf("seen %d, error %v", seen, err)
	}
}
