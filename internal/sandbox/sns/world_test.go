package sns_test

import (
	"errors"
	"testing"
	"testing/synctest"

	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/sns"
)

// world is SNS and a client of it in the sandbox's Region.
type world struct {
	*sns.SNS
	*sdk.Client
	t *testing.T
}

func in(t *testing.T, test func(w world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		core := &sns.SNS{}
		test(world{core, client(core, "eu-west-3"), t})
	})
}

func client(core *sns.SNS, region string) *sdk.Client {
	var backplane awsapi.Backplane
	return sdk.New(sdk.Options{Region: region, APIOptions: []func(*middleware.Stack) error{backplane.Attach(core)}})
}

const alarms = "arn:aws:sns:eu-west-3:000000000000:alarms"

// topic makes the topic alarms.
func (w world) topic() {
	w.t.Helper()
	out, err := w.CreateTopic(w.t.Context(), &sdk.CreateTopicInput{Name: new("alarms")})
	if err != nil || *out.TopicArn != alarms {
		w.t.Fatalf("got %v, %v", out, err)
	}
}

func (w world) subscribe(protocol, endpoint string) string {
	w.t.Helper()
	out, err := w.Subscribe(w.t.Context(), &sdk.SubscribeInput{
		TopicArn: new(alarms), Protocol: &protocol, Endpoint: &endpoint,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.SubscriptionArn
}

func (w world) refuses(err error, want string) {
	w.t.Helper()
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok || api.ErrorCode()+": "+api.ErrorMessage() != want {
		w.t.Errorf("got %v, want %s", err, want)
	}
}
