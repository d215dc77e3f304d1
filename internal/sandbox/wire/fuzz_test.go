package wire_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
)

// Each fuzz target sends a body to every operation of a protocol: none panics, each is answered in that protocol.

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"cluster":"a","services":["b"],"desiredCount":1,"networkConfiguration":null}`,
		`{"Name":"a","Names":["a"],"Path":"/","Value":"\ud800","Policies":[[]],"MaxResults":1e9}`,
		`{"StartTime":1.5,"EndTime":"2026-01-01T00:00:00Z","Period":60,"Dimensions":[{"Name":"a","Value":"b"}]}`,
	} {
		f.Add([]byte(seed))
	}
	targets := map[string]string{"ecs": ecsTarget, "ssm": ssmTarget, "monitoring": watchTarget}
	f.Fuzz(func(t *testing.T, body []byte) {
		for key, prefix := range targets {
			for _, operation := range supported[key] {
				answer := answered(t, post(prefix+operation, "/", string(body)))
				if !expected(answer.status) || !json.Valid([]byte(answer.body)) {
					t.Errorf("%s: %d %s", operation, answer.status, answer.body)
				}
			}
		}
		answer := answered(t, post("", "/schedules/a", string(body)))
		if !expected(answer.status) || !json.Valid([]byte(answer.body)) {
			t.Errorf("CreateSchedule: %d %s", answer.status, answer.body)
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "=", "&&", "%", "RuleArns.member.1=a&RuleArns.member.3=b", "RuleArn=a&Conditions.member.1.Values.member.1=b",
		"Actions.member.1.AuthenticateOidcConfig.AuthenticationRequestExtraParams.entry.1.key=a", ".=1", "a..b=1",
		"Namespace=a&MetricName=b&StartTime=2026-01-01&EndTime=2026-01-01T00:00:00+01:00&Period=60", "Action=&Action=b",
	} {
		f.Add(seed)
	}
	versions := map[string]string{"elasticloadbalancing": "2015-12-01", "monitoring": "2010-08-01"}
	f.Fuzz(func(t *testing.T, body string) {
		for key, version := range versions {
			for _, operation := range supported[key] {
				r := post("", "/", "Action="+operation+"&Version="+version+"&"+body)
				answer := answered(t, with(r, "Authorization", signature(key)))
				if !expected(answer.status) || !validXML(answer.body) {
					t.Errorf("%s: %d %s", operation, answer.status, answer.body)
				}
			}
		}
	})
}

func FuzzCBOR(f *testing.F) {
	for _, seed := range []string{
		"", "\xa0", "\xbf\xff", "\xf6", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
		encoded(cbor.Map{
			"Namespace": cbor.String("a"), "Period": cbor.NegInt(1), "StartTime": &cbor.Tag{ID: 1, Value: cbor.Float64(1.5)},
			"Statistics": cbor.List{cbor.String("Sum")}, "Dimensions": cbor.List{cbor.Map{"Name": cbor.Slice("a")}},
		}),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer := answered(t, post("", watchPath+"GetMetricStatistics", string(body)))
		if _, err := cbor.Decode([]byte(answer.body)); err != nil || !expected(answer.status) {
			t.Errorf("%d %q: %v", answer.status, answer.body, err)
		}
	})
}

func expected(status int) bool {
	return status == http.StatusOK || status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge
}

func validXML(body string) bool {
	decoder := xml.NewDecoder(strings.NewReader(body))
	for {
		if _, err := decoder.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
