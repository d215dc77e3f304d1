package settings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// listing is what one look at the store found.
type listing struct {
	services []Service // good, sorted by name
	refused  []refusal
	parts    []part
	faults   []error // parts that nobody can use; their services can be
}

// part is a parameter below a service's own.
type part struct {
	service, name string
	text          []byte
}

// The names of the parts.
const (
	partWakes  = "wakes"
	partPage   = "page"
	partPin    = "pin"
	partFreeze = "freeze"
)

// refusal is a service that nobody may act on, with as much of its settings as could be read.
type refusal struct {
	service Service
	err     error
}

// add takes one parameter by its name below /catnap/services.
func (l *listing) add(name string, text []byte) {
	if service, below, ok := strings.Cut(name, "/"); ok {
		l.parts = append(l.parts, part{service, below, text})
		return
	}
	service, err := parse(name, text)
	if err != nil {
		l.refused = append(l.refused, refusal{service, err})
		return
	}
	l.services = append(l.services, service)
}

// settle sorts the services and refuses those that share what each needs for itself. All that share are refused:
// which of them is meant, nobody can tell.
func (l *listing) settle() {
	slices.SortFunc(l.services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	clashes := l.clashes("waker_target_group", func(s Service) string { return s.WakerTargetGroup })
	clashes = append(clashes, l.clashes("waker_rule", func(s Service) string { return s.WakerRule })...)
	l.refused = append(l.refused, clashes...)
	l.services = slices.DeleteFunc(l.services, func(s Service) bool {
		return slices.ContainsFunc(clashes, func(r refusal) bool { return r.service.Name == s.Name })
	})
	for i := range l.services {
		l.complete(&l.services[i])
	}
}

// complete adds a service's parts. Parts of services that are not there are left alone: they may be about to go.
func (l *listing) complete(s *Service) {
	for _, p := range l.parts {
		if p.service != s.Name {
			continue
		}
		if err := p.addTo(s); err != nil {
			l.faults = append(l.faults, fmt.Errorf("%s/%s: %w", s.document(), p.name, err))
		}
	}
}

func (p part) addTo(s *Service) (err error) {
	switch p.name {
	case partWakes:
		s.Wakes, err = parseWakes(p.text)
	case partPage:
		s.Template, err = parseTemplate(p.text)
	case partPin:
		s.Pinned, err = parsePin(p.text)
	case partFreeze:
		s.Freeze, err = ParseFreeze(p.text)
	default:
		err = errors.New("is an unknown parameter, must be wakes, page, pin or freeze")
	}
	return err
}

func (l *listing) clashes(field string, key func(Service) string) []refusal {
	owners := map[string][]string{}
	for _, s := range l.services {
		owners[key(s)] = append(owners[key(s)], s.Name)
	}
	var clashes []refusal
	for _, s := range l.services {
		if names := owners[key(s)]; len(names) > 1 {
			err := fmt.Errorf("%s: %s: %s is shared by services %s, must be one service's own",
				s.document(), field, quote(key(s)), strings.Join(names, " and "))
			clashes = append(clashes, refusal{s, err})
		}
	}
	return clashes
}

func (l *listing) byWakerTargetGroup(arn string) (Service, error) {
	mine := func(s Service) bool { return s.WakerTargetGroup == arn }
	if i := slices.IndexFunc(l.services, mine); i >= 0 {
		return l.services[i], nil
	}
	if err := joined(l.refused, mine); err != nil {
		return Service{}, err
	}
	return Service{}, errors.Join(&NotFoundError{WakerTargetGroup: arn}, l.err())
}

func (l *listing) err() error {
	return errors.Join(joined(l.refused, func(Service) bool { return true }), errors.Join(l.faults...))
}

func joined(refused []refusal, which func(Service) bool) error {
	var errs []error
	for _, r := range refused {
		if which(r.service) {
			errs = append(errs, r.err)
		}
	}
	return errors.Join(errs...)
}
