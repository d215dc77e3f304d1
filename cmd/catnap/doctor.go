package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/catnap-dev/catnap/internal/doctor"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

type doctorCmd struct {
	awsFlags
	servicesArg
}

// Help explains what the flags do not.
func (*doctorCmd) Help() string {
	return "Reads the listener, the target groups, ECS, scaling, schedules, metrics, and the functions with what their " +
		"roles allow, and says what keeps a service from sleeping, waking or being cheap, with the fix. " +
		"Changes nothing. Exit code 1 when there is a problem, or something could not be read."
}

// examination is what the doctor says of one service.
type examination struct {
	Service  string           `json:"service"`
	Findings []doctor.Finding `json:"findings"`
}

// Run examines one service, or all.
func (c *doctorCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, err := c.open(ctx, term, false)
	if err != nil {
		return err
	}
	members, err := s.chosen(c.Service)
	if err != nil {
		return err
	}
	var all []examination
	for _, m := range members {
		fmt.Fprintf(term.stderr, "examining %s\n", m.Name)
		all = append(all, examination{m.Name, doctor.Diagnose(s.examiner().Examine(ctx, m))})
	}
	printed := s.print(all, func(time.Time, *time.Location) string { return examinations(all) })
	return errors.Join(printed, s.Fleet.Err(), sick(all))
}

// chosen are the service of a name, or all.
func (s *session) chosen(name string) ([]settings.Member, error) {
	if name == "" && len(s.Fleet.Members) > 0 {
		return s.Fleet.Members, nil
	}
	m, err := s.Fleet.Pick(name)
	return []settings.Member{m}, err
}

func (s *session) examiner() *doctor.Examiner {
	return &doctor.Examiner{
		Control: s.Control, ECS: s.ECS, ELB: s.ELB, Traffic: traffic.NewReader(s.CloudWatch),
		Billing: s.billing(),
		Scaling: scaling.NewFromConfig(s.Config), Scheduler: scheduler.NewFromConfig(s.Config),
		Lambda: lambda.NewFromConfig(s.Config), IAM: iam.NewFromConfig(s.Config), Now: s.Now,
	}
}

func examinations(all []examination) string {
	var text strings.Builder
	for i, e := range all {
		if i > 0 {
			text.WriteString("\n")
		}
		text.WriteString(report.Findings(e.Service, e.Findings))
	}
	return text.String()
}

// sick is an error where anything needs a hand.
func sick(all []examination) error {
	n := 0
	for _, e := range all {
		for _, f := range e.Findings {
			if f.Level == doctor.Problem || f.Level == doctor.Unknown {
				n++
			}
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return errors.New("one finding needs a hand")
	default:
		return fmt.Errorf("%d findings need a hand", n)
	}
}
