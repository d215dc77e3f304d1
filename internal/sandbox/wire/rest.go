package wire

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// restProtocol is restJson1, where method and path name the operation. [WIRE-21] Body and errors are those of AWS JSON,
// but the error's type stands in a header.
type restProtocol struct{ *service }

// route is an operation's address. A part of the path in braces is the resource's name, which is a member of the input.
type route struct {
	method, path string // as "GET", "/schedules/{Name}"
	operation    string
	query        map[string]string // members by the names that they have in the query
}

// matches compares the path as it was sent: names may hold escaped slashes.
func (r route) matches(q *question) bool {
	wanted, asked := strings.Split(r.path, "/"), strings.Split(q.URL.EscapedPath(), "/")
	if r.method != q.Method || len(wanted) != len(asked) {
		return false
	}
	for i, part := range wanted {
		if _, named := memberIn(part); named && asked[i] == "" || !named && asked[i] != part {
			return false
		}
	}
	return true
}

// memberIn is the member of the input that a part of a path stands for.
func memberIn(part string) (member string, named bool) {
	return strings.Trim(part, "{}"), strings.HasPrefix(part, "{")
}

// routed finds the operation for a question that no other protocol claims.
func (f *front) routed(q *question) *service {
	for _, s := range f.services {
		for _, r := range s.routes {
			if r.matches(q) {
				q.operation, q.route = r.operation, r
				return s
			}
		}
	}
	return nil
}

func (p restProtocol) read(q *question, input any) error {
	members := map[string]any{}
	if len(q.body) > 0 {
		v, err := parseJSON(q.body)
		if err != nil {
			return malformed("%v", err)
		}
		if members, err = (jsonReader{}).object(v); err != nil {
			return malformed("the request: %v", err)
		}
	}
	if err := p.address(q, reflect.TypeOf(input).Elem(), members); err != nil {
		return err
	}
	return filler{jsonReader{}, p.member}.fill(input, members)
}

// address adds what the path and the query say. The name in the path goes before one in the body.
func (p restProtocol) address(q *question, input reflect.Type, members map[string]any) error {
	asked := strings.Split(q.URL.EscapedPath(), "/")
	for i, part := range strings.Split(q.route.path, "/") {
		member, named := memberIn(part)
		if !named {
			continue
		}
		name, err := url.PathUnescape(asked[i])
		if err != nil {
			return malformed("the path: %v", err)
		}
		members[member] = name
	}
	for parameter, values := range q.URL.Query() {
		if member, ok := q.route.query[parameter]; ok {
			members[member] = typed(input, member, values[0])
		}
	}
	return nil
}

// typed makes a number of a text where the member is one.
func typed(input reflect.Type, member, value string) any {
	if field, ok := input.FieldByName(member); ok && field.Type == reflect.TypeFor[*int32]() {
		return json.Number(value)
	}
	return value
}

func (p restProtocol) write(q *question, output any) ([]byte, error) {
	return jsonProtocol(p).write(q, output)
}

func (p restProtocol) header(header http.Header) { header.Set("Content-Type", "application/json") }

func (p restProtocol) refuse(_ *question, f *failure, header http.Header) []byte {
	header.Set("X-Amzn-Errortype", f.shape)
	body, err := printJSON(map[string]any{"Message": f.message})
	if err != nil { // a string
		return nil
	}
	return body
}
