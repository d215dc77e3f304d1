package albevent

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// event is what the ALB sends. aws-lambda-go's events.ALBTargetGroupRequest is not used because its maps lose the order
// of the query keys and it can't tell an absent requestContext.elb from an empty one.
type event struct {
	HTTPMethod        string `json:"httpMethod"`
	Path              string `json:"path"`
	SingleQuery       fields `json:"queryStringParameters"`
	MultiValueQuery   fields `json:"multiValueQueryStringParameters"`
	SingleHeaders     fields `json:"headers"`
	MultiValueHeaders fields `json:"multiValueHeaders"`
	Body              string `json:"body"`
	IsBase64Encoded   bool   `json:"isBase64Encoded"`
	RequestContext    struct {
		ELB *struct {
			TargetGroupArn string `json:"targetGroupArn"`
		} `json:"elb"`
	} `json:"requestContext"`
}

func parseEvent(payload []byte) (*event, error) {
	e := new(event)
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, fmt.Errorf("decode JSON: %w", err)
	}
	if e.RequestContext.ELB == nil {
		return nil, errors.New("find requestContext.elb: not there, so this comes from no ALB")
	}
	if e.HTTPMethod == "" {
		return nil, errors.New("find httpMethod: not there or empty")
	}
	return e, nil
}

// multiValue tells which of the two forms the target group's attribute lambda.multi_value_headers.enabled has chosen.
// The answer must use the same one, the ALB ignores the other.
func (e *event) multiValue() bool { return e.MultiValueHeaders != nil }

func (e *event) headers() fields {
	if e.MultiValueHeaders != nil {
		return e.MultiValueHeaders
	}
	return e.SingleHeaders
}

func (e *event) query() fields {
	if e.MultiValueQuery != nil {
		return e.MultiValueQuery
	}
	return e.SingleQuery
}

func (e *event) body() ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, fmt.Errorf("decode base64 body: %w", err)
	}
	return body, nil
}

type targetGroupKey struct{}

func (e *event) context(parent context.Context) context.Context {
	return context.WithValue(parent, targetGroupKey{}, e.RequestContext.ELB.TargetGroupArn)
}

// TargetGroup returns the ARN of the target group through which the request that carries ctx came: the waker's own, by
// which one function tells its services apart. It is "" when ctx belongs to no ALB event.
func TargetGroup(ctx context.Context) string {
	arn, _ := ctx.Value(targetGroupKey{}).(string)
	return arn
}

// fields is a JSON object of strings, or of arrays of strings, in the order of the text.
type fields []field

type field struct {
	key    string
	values []string
}

// UnmarshalJSON reads both forms. An empty object gives an empty fields, null and absence give nil.
func (f *fields) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	open, err := d.Token()
	if err != nil || open == nil {
		return err
	}
	if open != json.Delim('{') {
		return fmt.Errorf("read %.20q: want an object", data)
	}
	*f = fields{}
	for d.More() {
		if err := f.readOne(d); err != nil {
			return err
		}
	}
	return nil
}

func (f *fields) readOne(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string) // the decoder lets nothing else be a key
	var v stringOrStrings
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("read value of %q: %w", key, err)
	}
	*f = append(*f, field{key, v})
	return nil
}

type stringOrStrings []string

func (v *stringOrStrings) UnmarshalJSON(data []byte) error {
	if data[0] != '"' {
		return json.Unmarshal(data, (*[]string)(v))
	}
	*v = make([]string, 1)
	return json.Unmarshal(data, &(*v)[0])
}
