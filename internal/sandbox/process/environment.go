package process

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/catnap-dev/catnap/internal/clock"
)

const (
	usualRegion = "eu-west-3"
	usualMemory = 128
	version     = "$LATEST"
	usualKey    = "ASIASANDBOXSANDBOX00"
)

// environ is all that the process finds in its environment; nothing is inherited.
// [LAM-16] Of Lambda's variables a function may set PATH and LANG, the others are Lambda's. AWS_EXECUTION_ENV is not
// set for a runtime of one's own.
func (f Function) environ(path, api string) []string {
	env := map[string]string{
		"LANG": "en_US.UTF-8",
		"PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	maps.Copy(env, f.Env)
	maps.Copy(env, f.reserved(path, api))
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// reserved are the variables that AWS lets no function set. The credentials look like a role's, and open nothing.
func (f Function) reserved(path, api string) map[string]string {
	region, memory, key := f.Region, f.Memory, f.AccessKey
	if region == "" {
		region = usualRegion
	}
	if memory == 0 {
		memory = usualMemory
	}
	if key == "" {
		key = usualKey
	}
	return map[string]string{
		"AWS_ACCESS_KEY_ID":               key,
		"AWS_SECRET_ACCESS_KEY":           "sandbox-secret-access-key",
		"AWS_SESSION_TOKEN":               "sandbox-session-token",
		"AWS_REGION":                      region,
		"AWS_DEFAULT_REGION":              region,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(memory),
		"AWS_LAMBDA_FUNCTION_VERSION":     version,
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      logStream(),
		"AWS_LAMBDA_RUNTIME_API":          api,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                filepath.Dir(path),
		"TZ":                              ":UTC",
		"_HANDLER":                        filepath.Base(path),
	}
}

// logStream is another one for each process, so that a function can tell its instances apart.
func logStream() string {
	day := clock.Clock{}.Now().UTC().Format("2006/01/02")
	return fmt.Sprintf("%s/[%s]%016x%016x", day, version, rand.Uint64(), rand.Uint64())
}
