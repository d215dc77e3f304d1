package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// write puts the members into <ActionResult>, which stands in <ActionResponse> beside the request's ID.
func (p queryProtocol) write(q *question, output any) ([]byte, error) {
	members, err := grower{xmlScalar, p.member}.tree(output)
	if err != nil {
		return nil, err
	}
	var body element
	body.open(q.operation+"Response", p.xmlns)
	body.put(q.operation+"Result", members)
	body.put("ResponseMetadata", map[string]any{"RequestId": q.id})
	body.end(q.operation + "Response")
	return body.Bytes(), nil
}

func (p queryProtocol) refuse(q *question, f *failure, _ http.Header) []byte {
	kind := "Receiver"
	if f.sender {
		kind = "Sender"
	}
	var body element
	body.open("ErrorResponse", p.xmlns)
	body.open("Error", "")
	body.put("Type", kind)
	body.put("Code", f.code)
	body.put("Message", f.message)
	body.end("Error")
	body.put("RequestId", q.id)
	body.end("ErrorResponse")
	return body.Bytes()
}

// xmlScalar writes everything as text. [WIRE-12] Times are RFC 3339 in UTC with milliseconds.
func xmlScalar(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// element is XML that grows. Its names come from the SDK's fields, so they need no escaping.
type element struct{ bytes.Buffer }

func (e *element) open(name, xmlns string) {
	e.WriteString("<" + name)
	if xmlns != "" {
		e.WriteString(` xmlns="` + xmlns + `"`)
	}
	e.WriteString(">")
}

func (e *element) end(name string) { e.WriteString("</" + name + ">") }

func (e *element) put(name string, v any) {
	e.open(name, "")
	switch v := v.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			e.put(member, v[member])
		}
	case dictionary:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			e.put("entry", map[string]any{"key": key, "value": v[key]})
		}
	case []any:
		for _, member := range v {
			e.put("member", member)
		}
	case string:
		_ = xml.EscapeText(e, []byte(v)) // a buffer takes everything
	}
	e.end(name)
}
