package ec2

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/origin"
)

// Bundle is what the machine needs of the application.
type Bundle struct {
	// File is the compose file; Files are further ones, below its folder.
	File  string
	Files []string
	// Variables fill in the compose file's, together with those of an .env beside it, and Profiles are on.
	Variables map[string]string
	Profiles  []string
	// Task is what the compose file became for Fargate.
	Task compose.Task
	// Port is the machine's that the load balancer talks to.
	Port int
	// Region and LogGroup are where the containers' output goes.
	Region, LogGroup string
}

// Write fills a folder: the files as they are, an .env, and, in .catnap, what the task knows beyond the compose file.
func (b Bundle) Write(folder string) error {
	environment, err := b.environment()
	if err != nil {
		return err
	}
	override, err := b.override()
	if err != nil {
		return err
	}
	for _, name := range append([]string{filepath.Base(b.File)}, b.Files...) {
		if err := b.copy(folder, name); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		".env": environment, ".catnap/override.json": string(override), ".catnap/start": b.start(),
		".catnap/app.service": b.unit(), ".catnap/docker/config.json": b.dockerConfig(),
	} {
		if err := write(folder, name, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func (b Bundle) copy(folder, name string) error {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(b.File), name)) //nolint:gosec // G304: the operator names it
	if err != nil {
		return fmt.Errorf("pack %s for the machine: %w", name, err)
	}
	return write(folder, name, text)
}

func write(folder, name string, text []byte) error {
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("pack %s for the machine: %w", name, err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil { //nolint:gosec // G703: all names are local
		return fmt.Errorf("pack %s for the machine: %w", name, err)
	}
	return nil
}

// environment is an .env: of two values for a variable, Docker Compose takes the last.
func (b Bundle) environment() (string, error) {
	own, err := os.ReadFile(filepath.Join(filepath.Dir(b.File), ".env"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("pack .env for the machine: %w", err)
	}
	text := string(own)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	for _, name := range slices.Sorted(maps.Keys(b.Variables)) {
		text += name + "=" + quoted(b.Variables[name]) + "\n"
	}
	if len(b.Profiles) > 0 {
		text += "COMPOSE_PROFILES=" + quoted(strings.Join(b.Profiles, ",")) + "\n"
	}
	return text, nil
}

// quoted is a value that nothing in it is substituted in.
func quoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`).Replace(value) + `"`
}

// service is what is added to one of the compose file.
type service struct {
	Restart     string            `json:"restart,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Ports       []string          `json:"ports,omitempty"`
	Logging     map[string]any    `json:"logging"`
}

// override is merged into the compose file by Docker Compose, to which JSON is YAML. Containers whose end would end the
// task are started again, as ECS does; secrets are variables, as on ECS; what is printed goes to the application's log;
// and the load balancer finds the front container's port.
func (b Bundle) override() ([]byte, error) {
	services := map[string]*service{}
	for _, container := range b.Task.Containers {
		services[container.Name] = &service{Logging: b.logging(container.Name)}
		if container.Essential {
			services[container.Name].Restart = "unless-stopped"
		}
	}
	for _, s := range secretsOf(b.Task) {
		in := services[s.container]
		if in.Environment == nil {
			in.Environment = map[string]string{}
		}
		in.Environment[s.Variable] = "${" + s.name + "}"
	}
	front := services[b.Task.Front.Container]
	front.Ports = []string{strconv.Itoa(b.Port) + ":" + strconv.Itoa(b.Task.Front.Port)}
	raw, err := json.MarshalIndent(map[string]any{"services": services}, "", "  ")
	return append(raw, '\n'), err
}

func (b Bundle) logging(container string) map[string]any {
	return map[string]any{"driver": "awslogs", "options": map[string]string{
		"awslogs-region": b.Region, "awslogs-group": b.LogGroup, "tag": container + "/ec2/{{.ID}}",
	}}
}

// start is run by systemd at each start of the machine. The secrets are in the process's memory, and in no file.
func (b Bundle) start() string {
	lines := []string{"set -euo pipefail", "cd /opt/app"}
	for _, s := range secretsOf(b.Task) {
		lines = append(lines, s.name+"=$("+s.command()+")", "export "+s.name)
	}
	return strings.Join(lines, "\n") + "\nexec docker compose --file " + inShell(filepath.Base(b.File)) +
		" --file .catnap/override.json up --detach --remove-orphans\n"
}

func (b Bundle) unit() string {
	return `[Unit]
Description=` + b.Task.Name + `
Requires=docker.service
After=docker.service network-online.target
Wants=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
Environment=AWS_DEFAULT_REGION=` + b.Region + ` DOCKER_CONFIG=/opt/app/.catnap/docker
ExecStart=/bin/bash /opt/app/.catnap/start
Restart=on-failure
RestartSec=10
TimeoutStartSec=600

[Install]
WantedBy=multi-user.target
`
}

// dockerConfig lets Docker sign in to the registries of ECR by the machine's role.
func (b Bundle) dockerConfig() string {
	helpers := map[string]string{}
	for _, container := range b.Task.Containers {
		if repository, ok := origin.ParseECR(container.Image); ok {
			helpers[repository.Registry()] = "ecr-login"
		}
	}
	raw, _ := json.Marshal(map[string]any{"credHelpers": helpers}) // texts are always written
	return string(raw) + "\n"
}
