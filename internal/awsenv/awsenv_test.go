package awsenv

import (
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

func environment(more map[string]string) Getenv {
	all := map[string]string{
		"AWS_REGION": "eu-west-3", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "token",
	}
	maps.Copy(all, more)
	return func(name string) string { return all[name] }
}

var usual = Options{Attempts: 2, Timeout: time.Minute}

// TestCallsGoToTheEndpoint: one variable points every client at another AWS, signed with what Lambda gave.
func TestCallsGoToTheEndpoint(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		got = r.Header
		_, _ = rw.Write([]byte(`{"Parameter":{"Name":"a","Value":"b"}}`))
	}))
	defer server.Close()
	cfg, err := Config(environment(map[string]string{"AWS_ENDPOINT_URL": server.URL}), usual)
	if err != nil {
		t.Fatal(err)
	}
	out, err := ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("a")})
	if err != nil || aws.ToString(out.Parameter.Value) != "b" {
		t.Fatalf("got %v, %v", out, err)
	}
	signed := got.Get("Authorization")
	if !strings.Contains(signed, "Credential=AKIDEXAMPLE/") || !strings.Contains(signed, "/eu-west-3/ssm/") {
		t.Errorf("signed %q", signed)
	}
	if token := got.Get("X-Amz-Security-Token"); token != "token" {
		t.Errorf("session token %q", token)
	}
}

// TestAttempts: a call is tried so often and no more.
func TestAttempts(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		calls++
		rw.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	cfg, err := Config(environment(map[string]string{"AWS_ENDPOINT_URL": server.URL}), usual)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("a")})
	if err == nil || calls != usual.Attempts {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestBundle: an endpoint whose certificate only the bundle vouches for is trusted, and without the bundle it is not.
func TestBundle(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write([]byte(`{"Parameter":{"Name":"a","Value":"b"}}`))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "bundle.pem")
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{file: true, "": false} {
		cfg, err := Config(environment(map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_CA_BUNDLE": name}), usual)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("a")})
		if trusted := err == nil; trusted != want {
			t.Errorf("bundle %q: %v", name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ variable, value, want string }{
		"no region":      {"AWS_REGION", "", "read AWS_REGION: not set"},
		"no bundle":      {"AWS_CA_BUNDLE", empty + "x", "read AWS_CA_BUNDLE: "},
		"no certificate": {"AWS_CA_BUNDLE", empty, "no certificate in "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Config(environment(map[string]string{tc.variable: tc.value}), usual)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %s", err, tc.want)
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	cfg, err := Config(environment(map[string]string{"AWS_SECRET_ACCESS_KEY": ""}), usual)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil {
		t.Error("no error without a secret key")
	}
}
