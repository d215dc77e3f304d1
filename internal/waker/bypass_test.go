//go:debug x509usefallbackroots=1

package waker_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// authority signs the tests' certificates; the waker trusts it in place of the system's.
var authority = newCertificate("the tests' authority", nil)

func TestMain(m *testing.M) {
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	x509.SetFallbackRoots(roots)
	os.Exit(m.Run())
}

// newCertificate signs one for a host with the authority's key, or makes an authority when there is none. It is good
// in a bubble, whose clock begins in the year 2000.
func newCertificate(name string, by *tls.Certificate) *tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	parent, signer := template, key
	if by == nil {
		template.IsCA, template.BasicConstraintsValid, template.DNSNames = true, true, nil
	} else {
		parent, signer = by.Leaf, by.PrivateKey.(*ecdsa.PrivateKey)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (w *world) listenTLS(addr, host string) {
	w.t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{*newCertificate(host, authority)}}
	w.listen(addr, &http.Server{Handler: w.lb, TLSConfig: config})
}

// The connection goes to the load balancer's address, and what is said on it is for the visitor's host.
func TestBypassOverTLS(t *testing.T) {
	for _, tc := range []struct{ name, url, addr, host string }{
		{"default port", "https://alb.internal", "alb.internal:443", site},
		{"port", "https://alb.internal:8443", "alb.internal:8443", site},
		{"visitor's port", "https://alb.internal", "alb.internal:443", site + ":444"},
		{"IPv6", "https://[2001:db8::1]", "[2001:db8::1]:443", site},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.store.svc.BypassURL = tc.url
				w.listenTLS(tc.addr, site)
				r, a := w.forHost(tc.host)
				if a.status != 200 || a.body != "hello" {
					t.Fatalf("got %+v", a)
				}
				seen := w.lb.seen()
				got := []string{seen[0].host, seen[0].serverName, r.Host}
				same(t, "host, server name, caller's host", []string{tc.host, site, tc.host}, got)
				same(t, "dialled", []string{tc.addr}, w.dialled)
			})
		})
	}
}

func (w *world) forHost(host string) (*http.Request, answer) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "/", http.NoBody)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Host = host
	for i := 0; i < len(person); i += 2 {
		r.Header.Set(person[i], person[i+1])
	}
	return r, w.serve(r)
}

// Whoever answers without the certificate of the visitor's host gets neither the request nor the secret.
func TestBypassToSomebodyElse(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.store.svc.BypassURL = "https://alb.internal"
		w.listenTLS("alb.internal:443", "evil.example")
		if a := w.browse("/"); !a.isPage() {
			t.Errorf("got %+v", a)
		}
		same(t, "probes and requests", []int{0, 0}, []int{w.lb.probes, len(w.lb.seen())})
		same(t, "changes", []string(nil), w.changes())
	})
}

func TestBypassPlain(t *testing.T) {
	for _, tc := range []struct{ name, url, addr string }{
		{"default port", "http://alb.internal", "alb.internal:80"},
		{"port", "http://alb.internal:8080", "alb.internal:8080"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				if tc.addr != "alb.internal:80" {
					w.listen(tc.addr, &http.Server{Handler: w.lb})
				}
				w.control.set(awake())
				w.store.svc.BypassURL = tc.url
				same(t, "status", 200, w.get("/").status)
				same(t, "dialled", []string{tc.addr}, w.dialled)
			})
		})
	}
}

// The secret is read once in 30 seconds, and a new one used after that.
func TestSecretIsKept(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		reads := func(want int) {
			t.Helper()
			a := w.get("/")
			if got := len(w.control.made("secret")); got != want || a.took != 0 {
				t.Errorf("read %d times, want %d; took %s", got, want, a.took)
			}
		}
		reads(1)
		time.Sleep(30*time.Second - time.Millisecond)
		reads(1)
		time.Sleep(time.Millisecond)
		w.control.secret = "rotated"
		reads(2)
		reads(2)
		w.store.svc.BypassRule = "another"
		reads(3)
		for _, got := range w.lb.seen()[2:] {
			same(t, "secret", []string{"rotated"}, got.header.Values("X-Catnap-Bypass"))
		}
	})
}

// A secret that has changed is refused by the load balancer, which sends the request back to the waker: nothing is
// lost, and with the new one all is well.
func TestSecretRotates(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.get("/")
		w.control.mu.Lock()
		w.control.secret = "rotated"
		w.control.mu.Unlock()
		a := w.post("x")
		if a.status != 200 {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 25*time.Second, 32*time.Second)
		same(t, "sent", 2, len(w.lb.seen()))
	})
}

// A request of catnap's own that comes back is refused, and goes round no further.
func TestLoopRefused(t *testing.T) {
	for _, tc := range []struct {
		name, method, target string
		headers              []string
	}{
		{"client", http.MethodGet, "/", nil},
		{"post", http.MethodPost, "/orders", nil},
		{"person", http.MethodGet, "/", person},
		{"asset", http.MethodGet, "/favicon.ico", nil},
		{"status", http.MethodGet, statusPath, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(asleep())
				a := w.send(tc.method, tc.target, "x", append(tc.headers, "X-Catnap-Bypass", "s3cret")...)
				a.is(t, 503, problemHeader("Retry-After", "5", "X-Catnap-Loop", "1"),
					`{"title":"The bypass rule did not match","status":503}`)
				calls(t, w, "secret bypass-rule")
				same(t, "dialled", 0, len(w.dialled))
			})
		})
	}
}

// Somebody who guesses at the header is a caller like any other.
func TestCallersOwnBypassHeader(t *testing.T) {
	for name, fails := range map[string][]error{"guess": nil, "unread secret": {errThrottled}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(awake())
				w.control.fail("secret", fails...)
				if a := w.get("/", "X-Catnap-Bypass", "guess"); a.status != 200 {
					t.Errorf("got %+v", a)
				}
				want := http.Header{"X-Catnap-Bypass": {"s3cret"}}
				if diff := cmp.Diff(want, w.lb.seen()[0].header); diff != "" {
					t.Errorf("header (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A path that no URL can hold never reaches anybody.
func TestBadProbePath(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.store.svc.ProbePath = "/%zz"
		if a := w.browse("/"); !a.isPage() {
			t.Errorf("got %+v", a)
		}
		same(t, "dialled", 0, len(w.dialled))
	})
}
