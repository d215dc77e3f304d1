package process_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// coldStart is one start: from the process's to its first answer, and the most memory that it had by then.
type coldStart struct {
	took time.Duration
	peak float64 // MB; 0 where the system does not tell
}

// BenchmarkColdStart starts each function thirty times in turn with the smallest function that there can be, on one
// processor, and compares the medians. The waker's event is a health check, which calls nobody; to the cost guard it is
// a run like any other, which ends when an SSM without parameters has answered. The environment is the template's.
func BenchmarkColdStart(b *testing.B) {
	const rounds = 30
	health, err := os.ReadFile("../../../events/alb-health-check.json")
	if err != nil {
		b.Fatal(err)
	}
	nothing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"__type": "ParameterNotFound"}`)
	}))
	defer nothing.Close()
	dir := b.TempDir()
	for _, name := range []string{"waker", "costguard"} {
		b.Run(name, func(b *testing.B) {
			hello, function := build(b, dir, "./testdata/bootstraps/hello"), build(b, dir, "../../../functions/"+name)
			var hellos, starts []coldStart
			for b.Loop() {
				for range rounds {
					hellos = append(hellos, startCold(b, hello, health, nothing.URL))
					starts = append(starts, startCold(b, function, health, nothing.URL))
				}
			}
			took := func(c coldStart) float64 { return c.took.Seconds() * 1000 }
			peak := func(c coldStart) float64 { return c.peak }
			b.ReportMetric(median(hellos, took), "hello-ms")
			b.ReportMetric(median(starts, took), "start-ms")
			b.ReportMetric(median(starts, took)/median(hellos, took), "x-hello")
			b.ReportMetric(median(hellos, peak), "hello-MB")
			b.ReportMetric(median(starts, peak), "peak-MB")
			b.ReportMetric(0, "ns/op") // means nothing here
		})
	}
}

// build builds as cmd/pack does, but for this machine.
func build(b *testing.B, dir, source string) (path string) {
	b.Helper()
	path = filepath.Join(dir, filepath.Base(source), "bootstrap")
	build := exec.CommandContext(b.Context(), "go", "build", "-tags", "lambda.norpc", "-trimpath",
		"-ldflags", "-s -w", "-o", path, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") //nolint:forbidigo // the compiler needs its own
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", source, err, out)
	}
	return path
}

func startCold(b *testing.B, path string, event []byte, aws string) coldStart {
	b.Helper()
	ctx := lambdacontext.NewContext(b.Context(), &lambdacontext.LambdaContext{AwsRequestID: "1", InvokedFunctionArn: "a"})
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	f := process.Function{Path: path, Name: "cold", Env: map[string]string{
		"AWS_ENDPOINT_URL": aws, "GOMAXPROCS": "1", "GOGC": "off", "GOMEMLIMIT": "100MiB",
	}}
	began := time.Now()
	h, _ := f.New().(handler)
	_, err := h.Invoke(ctx, event)
	took := time.Since(began)
	if err != nil {
		b.Fatal(err)
	}
	c := coldStart{took: took, peak: peakOf(path)}
	h.Close()
	return c
}

func median(starts []coldStart, of func(coldStart) float64) float64 {
	values := make([]float64, len(starts))
	for i, s := range starts {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// peakOf reads from Linux the most memory that a running binary has had.
func peakOf(path string) float64 {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != path {
			continue
		}
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "status"))
		for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
			if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
				kilobytes, _ := strconv.Atoi(strings.Fields(value)[0])
				return float64(kilobytes) / 1024
			}
		}
	}
	return 0
}
