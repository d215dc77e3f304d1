package provision

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manifest = `{"artifacts": {
  "Tree": {"type": "cdk:tree"},
  "shop.assets": {"type": "cdk:asset-manifest"},
  "shop": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-3"},
  "Bill": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/us-east-1",
    "properties": {"stackName": "shop-billing"}}
}}`

const outputs = `{"shop": {"URL": "https://shop.example.com", "ServiceName": "shop",
  "SettingsParameter": "/catnap/shop/services/shop"}}`

// computer is one on which steps run: they write what the CDK CLI writes.
type computer struct {
	t     *testing.T
	order Order

	ran   []string
	asked []string
	fails string             // the step that fails
	stop  context.CancelFunc // not nil: and that is because of an interrupt
	no    bool               // the operator's answer
}

func newComputer(t *testing.T) *computer {
	t.Helper()
	infra := filepath.Join(t.TempDir(), "infra")
	return &computer{t: t, order: Order{Project: Project{Infra: infra, Name: "shop", Mode: ecs}}}
}

func (c *computer) provisioner() *Provisioner {
	return &Provisioner{Run: c.run, Say: func(string) {}, Ask: c.ask}
}

func (c *computer) run(ctx context.Context, s Step) error {
	c.ran = append(c.ran, s.Name)
	if s.Name == c.fails && c.stop != nil {
		c.stop()
		return context.Cause(ctx)
	}
	switch s.Name {
	case c.fails:
		return errors.New("exit status 1")
	case synthesise:
		write(c.t, filepath.Join(c.order.assembly(), "manifest.json"), manifest)
	case deploy:
		write(c.t, c.order.outputs(), outputs)
	}
	return nil
}

func (c *computer) ask(question string) error {
	c.asked = append(c.asked, strings.Join(c.ran, " ")+": "+question)
	if c.no {
		return errors.New("no")
	}
	return nil
}

func (c *computer) check(ran, asked string) {
	c.t.Helper()
	if got := strings.Join(c.ran, " "); got != ran {
		c.t.Errorf("ran %s, want %s", got, ran)
	}
	if got := strings.Join(c.asked, "\n"); got != asked {
		c.t.Errorf("asked %q, want %q", got, asked)
	}
}

const deployQuestion = "Deploy shop-billing (us-east-1) and shop (eu-west-3) in the mode ecs, as shown above? It " +
	"costs money, and may move traffic."

func TestDo(t *testing.T) {
	c := newComputer(t)
	c.order.Bootstrap, c.order.Mode, c.order.Access.Profile = true, both, "live"
	got, err := c.provisioner().Do(t.Context(), c.order)
	if err != nil {
		t.Fatal(err)
	}
	c.check("build synthesise diff bootstrap deploy",
		"build synthesise diff: "+strings.ReplaceAll(deployQuestion, "mode ecs", "mode both"))
	want := Outcome{
		Environment: "shop", Mode: "both", Action: "provision",
		Stacks: []Stack{
			{Name: "shop-billing", Region: "us-east-1"},
			{Name: "shop", Region: "eu-west-3", Outputs: map[string]string{
				"URL": "https://shop.example.com", "ServiceName": "shop", "SettingsParameter": "/catnap/shop/services/shop",
			}},
		},
		Next: []string{
			"open https://shop.example.com", "catnap doctor --region eu-west-3 --profile live",
			"catnap cutover --to ecs --region eu-west-3 --profile live",
		},
	}
	for _, command := range got.Commands {
		if !command.Run || len(command.Command) == 0 {
			t.Errorf("not run: %+v", command)
		}
	}
	got.Commands = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

func TestDestroy(t *testing.T) {
	c := newComputer(t)
	c.order.Destroy = true
	got, err := c.provisioner().Do(t.Context(), c.order)
	c.check("build synthesise destroy", "build synthesise: Destroy shop-billing (us-east-1) and shop (eu-west-3)? Nobody "+
		"can visit it any more, and only the file systems of volumes stay.")
	if err != nil || got.Action != "destroy" || got.Next != nil {
		t.Errorf("got %+v, error %v", got, err)
	}
}

func TestPretend(t *testing.T) {
	c := newComputer(t)
	p := c.provisioner()
	p.Pretend = true
	got, err := p.Do(t.Context(), c.order)
	c.check("build synthesise diff", "")
	if err != nil || !got.DryRun || got.Stacks[1].Outputs != nil {
		t.Errorf("got %+v, error %v", got, err)
	}
	for _, command := range got.Commands {
		if command.Run != (command.Name != deploy) {
			t.Errorf("run: %+v", command)
		}
	}
	if len(got.Commands) != 4 || got.Next != nil {
		t.Errorf("%d commands; next %q", len(got.Commands), got.Next)
	}
}

func TestYes(t *testing.T) {
	c := newComputer(t)
	p := c.provisioner()
	p.Ask = nil
	if _, err := p.Do(t.Context(), c.order); err != nil {
		t.Error(err)
	}
	c.check("build synthesise diff deploy", "")
}

func TestNo(t *testing.T) {
	c := newComputer(t)
	c.no = true
	if _, err := c.provisioner().Do(t.Context(), c.order); err == nil || err.Error() != "no" {
		t.Errorf("error %v", err)
	}
	c.check("build synthesise diff", "build synthesise diff: "+deployQuestion)
}

// TestFailures: the first step that fails is the last, and the error says which it was and what to look at.
func TestFailures(t *testing.T) {
	for step, tc := range map[string]struct{ ran, want, interrupted string }{
		build: {"build", "build shop: exit status 1", "build shop: interrupted, nothing was changed"},
		synthesise: {"build synthesise", "synthesise shop: exit status 1 (what has to be mended is said above)",
			"synthesise shop: interrupted, nothing was changed"},
		diff: {"build synthesise diff", "diff shop: exit status 1 (why is said above; the CDK CLI finds credentials as",
			"diff shop: interrupted, nothing was changed"},
		bootstrap: {"build synthesise diff bootstrap", "bootstrap shop: exit status 1",
			"bootstrap shop: interrupted; CloudFormation goes on with what it has begun: look with `aws cloudformation " +
				"describe-stacks --region us-east-1 --stack-name CDKToolkit` and `aws"},
		deploy: {"build synthesise diff bootstrap deploy", "deploy shop: exit status 1 (CloudFormation takes back by itself",
			"deploy shop: interrupted; CloudFormation goes on with what it has begun: look with `aws cloudformation " +
				"describe-stacks --region us-east-1 --stack-name shop-billing` and `aws"},
	} {
		for _, interrupted := range []bool{false, true} {
			c, want := newComputer(t), tc.want
			ctx, stop := context.WithCancel(t.Context())
			c.order.Bootstrap, c.fails = true, step
			if interrupted {
				c.stop, want = stop, tc.interrupted
			}
			_, err := c.provisioner().Do(ctx, c.order)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: error %v, want %s", step, err, want)
			}
			if got := strings.Join(c.ran, " "); got != tc.ran {
				t.Errorf("%s: ran %s", step, got)
			}
			stop()
		}
	}
}

// TestStrangeAssembly: what the CDK CLI has not written as expected is an error, before anything changes.
func TestStrangeAssembly(t *testing.T) {
	for text, want := range map[string]string{
		``:                  "unexpected end of JSON input",
		`{"artifacts": {}}`: "it has no stack",
	} {
		c := newComputer(t)
		p := c.provisioner()
		p.Run = func(_ context.Context, s Step) error {
			c.ran = append(c.ran, s.Name)
			write(t, filepath.Join(c.order.assembly(), "manifest.json"), text)
			return nil
		}
		if _, err := p.Do(t.Context(), c.order); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
		c.check("build synthesise", "")
	}
}

// TestFlags: catnap's other commands are told all that they need to find the service.
func TestFlags(t *testing.T) {
	o := Order{Access: Access{Profile: "my team", EndpointURL: "http://127.0.0.1:4566"}}
	stack := Stack{Region: "eu-west-3", Outputs: map[string]string{
		"SettingsParameter": "/ops/nap/shop/services/shop",
	}}
	want := " --region eu-west-3 --profile 'my team' --endpoint-url http://127.0.0.1:4566 --prefix /ops/nap/shop"
	if got := o.flags(stack); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
