package ec2

import (
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/internal/golden"
)

var update = flag.Bool("update", false, "write the golden file")

const composeFile = `name: shop
services:
  web:
    image: shop:${TAG}
    ports: ["80:8080"]
    depends_on: [api]
  api:
    image: 123456789012.dkr.ecr.eu-west-3.amazonaws.com/api:1
    environment: {PLAIN: "1"}
    x-aws-secrets: {DATABASE_URL: "ssm:/shop/database", KEY: "secretsmanager:it's:key", WHOLE: "secretsmanager:whole"}
  migrate:
    image: api:1
`

// bundle is that of the file above, whose folder has an .env and a Caddyfile.
func bundle(t *testing.T) Bundle {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"compose.yml": composeFile, ".env": "TAG=0\nOWN=1", "conf/Caddyfile": ":80\n", "node_modules/x": "not for the " +
			"machine",
	} {
		if err := write(folder, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return Bundle{
		File: filepath.Join(folder, "compose.yml"), Files: []string{"conf/Caddyfile"},
		Variables: map[string]string{"TAG": "1", "ODD": "a \"b\" $c \\d\ne'"}, Profiles: []string{"live", "eu"},
		Port: 80, Region: "eu-west-3", LogGroup: "/catnap/shop",
		Task: compose.Task{
			Name: "shop", Front: compose.Front{Container: "web", Port: 8080},
			Containers: []compose.Container{
				{
					Name: "api", Essential: true, Image: "123456789012.dkr.ecr.eu-west-3.amazonaws.com/api:1",
					Secrets: []compose.Secret{
						{Variable: "DATABASE_URL", Store: compose.StoreSSM, ID: "/shop/database"},
						{Variable: "KEY", Store: compose.StoreSecretsManager, ID: "it's", Key: "key"},
						{Variable: "WHOLE", Store: compose.StoreSecretsManager, ID: "whole"},
					},
				},
				{Name: "migrate", Image: "api:1"},
				{Name: "web", Essential: true, Image: "shop:1"},
			},
		},
	}
}

// packed is a folder that the bundle was written to.
func packed(t *testing.T, b Bundle) string {
	t.Helper()
	folder := t.TempDir()
	if err := b.Write(folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestBundle: what the machine gets, and nothing else that lies beside the compose file.
func TestBundle(t *testing.T) {
	folder := packed(t, bundle(t))
	var got strings.Builder
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		got.WriteString("-- " + strings.TrimPrefix(file, folder+"/") + " --\n" + string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.Hold(t, filepath.Join("testdata", "bundle.golden"), got.String(), *update)
}

func TestBundleLacks(t *testing.T) {
	b := bundle(t)
	b.Files = append(b.Files, "missing.conf")
	if err := b.Write(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "pack missing.conf for the machine: ") {
		t.Errorf("got %v", err)
	}
}

// TestComposeTakesIt: Docker Compose merges what is added into the file, with the variables of the .env, and an odd
// value arrives as it is. A port that is there already is not bound twice.
func TestComposeTakesIt(t *testing.T) {
	folder := packed(t, bundle(t))
	project := load(t, folder)
	web, api, migrate := project.Services["web"], project.Services["api"], project.Services["migrate"]
	if web.Image != "shop:1" || project.Environment["ODD"] != "a \"b\" $c \\d\ne'" || project.Environment["OWN"] != "1" {
		t.Errorf("image %s, odd %q, own %q", web.Image, project.Environment["ODD"], project.Environment["OWN"])
	}
	if len(web.Ports) != 1 || web.Ports[0].Published != "80" || web.Ports[0].Target != 8080 {
		t.Errorf("ports %+v", web.Ports)
	}
	if web.Restart != "unless-stopped" || migrate.Restart != "" {
		t.Errorf("restart of web %q, of migrate %q", web.Restart, migrate.Restart)
	}
	if got := api.Environment["DATABASE_URL"]; got == nil || *got != "from ssm $HOME" || *api.Environment["PLAIN"] != "1" {
		t.Errorf("environment %v", api.Environment)
	}
	if web.Logging.Driver != "awslogs" || web.Logging.Options["awslogs-group"] != "/catnap/shop" {
		t.Errorf("logging %+v", web.Logging)
	}
}

// load is what `docker compose` does with the folder, when the start has handed over a secret.
func load(t *testing.T, folder string) *types.Project {
	t.Helper()
	values, err := dotenv.Read(filepath.Join(folder, ".env"))
	if err != nil {
		t.Fatal(err)
	}
	values["CATNAP_SECRET_0"] = "from ssm $HOME"
	values["CATNAP_SECRET_1"], values["CATNAP_SECRET_2"] = "", ""
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: folder, Environment: values,
		ConfigFiles: []types.ConfigFile{
			{Filename: filepath.Join(folder, "compose.yml")}, {Filename: filepath.Join(folder, ".catnap/override.json")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// TestStart: the script reads the secrets, hands them over whole, and starts Docker Compose; without a secret it starts
// nothing, and systemd tries again.
func TestStart(t *testing.T) {
	aws := `#!/bin/sh
case "$*" in
*whole*) printf 'two\nlines $x' ;;
*secrets*) echo '{"key": "k y"}' ;;
*) echo plain ;;
esac
`
	called := "compose --file compose.yml --file .catnap/override.json up --detach --remove-orphans\nplain|k " +
		"y|two\nlines $x\n"
	for name, tc := range map[string]struct{ aws, want string }{
		"well":   {aws, called},
		"denied": {"#!/bin/sh\necho AccessDenied >&2\nexit 254\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := started(t, tc.aws)
			if diff := cmp.Diff(tc.want, got); diff != "" || (err == nil) != (tc.want != "") {
				t.Errorf("%v; Docker (-want +got):\n%s", err, diff)
			}
		})
	}
}

// started is how Docker was called, and with which secrets, by the script with this AWS CLI.
func started(t *testing.T, aws string) (string, error) {
	t.Helper()
	folder, tools := packed(t, bundle(t)), t.TempDir()
	for tool, text := range map[string]string{
		"aws": aws,
		"docker": "#!/bin/sh\necho \"$*\" >" + tools + "/out\necho \"$CATNAP_SECRET_0|$CATNAP_SECRET_1|$CATNAP_SECRET_2\" " +
			">>" + tools + "/out\n",
		"jq": "#!/bin/sh\nsed 's/.*: \"\\(.*\\)\".*/\\1/'\n",
	} {
		if err := os.WriteFile(filepath.Join(tools, tool), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	script, err := os.ReadFile(filepath.Join(folder, ".catnap/start"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(string(script), "/opt/app", folder, 1))
	command.Env = []string{"PATH=" + tools + ":/usr/bin:/bin"}
	failure := command.Run()
	out, _ := os.ReadFile(filepath.Join(tools, "out")) // absent: Docker was not called
	return string(out), failure
}
