package wire

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// route finds the service and the protocol that a question is for. Questions for a service that is not there are
// refused in the protocol in which they were asked.
func (f *front) route(q *question) (protocol, *service) {
	switch q.forms {
	case asCBOR:
		s := f.find(func(s *service) bool { return s.cbor && s.shape == q.service })
		return cborProtocol{s}, s
	case asJSON:
		s := f.find(func(s *service) bool { return s.json != "" && s.shape == q.service })
		return jsonProtocol{s}, s
	case asQuery:
		s := f.queried(q)
		return queryProtocol{s}, s
	case asREST:
		if s := f.routed(q); s != nil {
			return restProtocol{s}, s
		}
		q.forms = asNothing
	case asNothing:
	}
	s := nobody()
	return jsonProtocol{s}, s
}

// queried goes by the version, and by the signature for what says none: two services may share a version, and old and
// new load balancers share a name.
func (f *front) queried(q *question) *service {
	scope := q.scope()
	s := f.find(func(s *service) bool { return s.version != "" && s.version == q.version })
	if s.version == "" || scope != "" && s.scope != scope {
		s = f.find(func(s *service) bool { return s.version != "" && s.scope == scope })
	}
	return s
}

func (f *front) find(is func(*service) bool) *service {
	if i := slices.IndexFunc(f.services, is); i >= 0 {
		return f.services[i]
	}
	return nobody()
}

// nobody is a service without operations.
func nobody() *service { return &service{json: "1.1", member: asItIs} }

// asItIs names a member as the SDK names its field.
func asItIs(field string) string { return field }

// lowerFirst is how ECS names members. [WIRE-04] A test holds this to the API model.
func lowerFirst(field string) string {
	first, size := utf8.DecodeRuneInString(field)
	return string(unicode.ToLower(first)) + field[size:]
}
