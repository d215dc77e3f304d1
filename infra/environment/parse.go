package environment

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/settings"
)

// Load reads an environment's file. What the file names beside itself is found from there.
func Load(file string) (Environment, error) {
	name, ok := strings.CutSuffix(filepath.Base(file), ".json")
	if !ok {
		return Environment{}, fmt.Errorf("read environment %s: must be a file whose name ends in .json", file)
	}
	text, err := os.ReadFile(file) //nolint:gosec // G304: it is the operator who names it
	if err != nil {
		return Environment{}, fmt.Errorf("read environment: %w", err)
	}
	e, err := Parse(name, text)
	if err == nil && !filepath.IsAbs(e.Compose) {
		e.Compose = filepath.Join(filepath.Dir(file), e.Compose)
	}
	return e, err
}

// Parse reads the environment called name, fills in the defaults and validates it. The error has one line for every
// problem.
func Parse(name string, text []byte) (Environment, error) {
	e := defaults(name)
	d := settings.ReadDocument("environment "+name, text, &e)
	e.check(check{d})
	if err := d.Err(); err != nil {
		return Environment{}, err
	}
	return e, nil
}

func defaults(name string) Environment {
	return Environment{
		Name:     name,
		Mode:     ModeECS,
		Network:  Network{Subnets: SubnetsPublic},
		Capacity: CapacityFargate,
		Health: Health{
			Path: "/", Interval: seconds(5), Timeout: seconds(4), Grace: seconds(120), DeregistrationDelay: seconds(10),
		},
		Scaling: Scaling{
			Maximum: 10, RequestsPerTarget: 10, ScaleOutCooldown: seconds(30), ScaleInCooldown: seconds(300),
		},
		Sleep: Sleep{
			IdleAfter: seconds(300), Wake: "always", WakesPerHour: 10, Prefix: "/catnap", LogLevel: "INFO", Dashboard: true,
		},
		EC2: EC2{InstanceType: "t3.medium", Spot: true, VolumeSize: 30},
		Billing: Billing{
			Limit: 30, Services: map[string]float64{"AmazonECS": 10, "AmazonEC2": 15, "AWSELB": 25},
		},
	}
}

func seconds(n int) settings.Duration { return settings.Duration(time.Duration(n) * time.Second) }
