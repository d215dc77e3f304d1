package ec2

import (
	"strconv"
	"strings"

	"github.com/catnap-dev/catnap/infra/compose"
)

// secret is one that the machine reads as it starts the application, and hands over under a name that the compose file
// does not have.
type secret struct {
	compose.Secret
	container, name string
}

// secretsOf are numbered in the order of the containers.
func secretsOf(task compose.Task) []secret {
	var list []secret
	for _, container := range task.Containers {
		for _, s := range container.Secrets {
			list = append(list, secret{s, container.Name, "CATNAP_SECRET_" + strconv.Itoa(len(list))})
		}
	}
	return list
}

// command prints the value.
func (s secret) command() string {
	if s.Store == compose.StoreSSM {
		return "aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name " + inShell(s.ID)
	}
	read := "aws secretsmanager get-secret-value --query SecretString --output text --secret-id " + inShell(s.ID)
	if s.Key != "" {
		read += " | jq -er --arg key " + inShell(s.Key) + " '.[$key]'"
	}
	return read
}

// inShell is a text as one word of a shell's command.
func inShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
