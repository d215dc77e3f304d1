package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go/ptr"
)

// Fleet is all services of an account and Region, as one look at SSM found them. It is for the command line: the
// functions know their prefix.
type Fleet struct {
	// Members are the services with good settings, sorted by name.
	Members []Member
	// Stores are those of all prefixes with a service, one with bad settings too, in the order of the prefixes.
	Stores []*Store

	root    string
	refused []refusal
	faults  []error
}

// Member is a service with the store of its prefix, where its freeze, its wakes and its pin are.
type Member struct {
	Service
	Store *Store
}

// Discover lists all parameters below root, "/catnap" for instance, and finds the services under root/services and,
// where each stack has a prefix of its own, under root/<anything>/services. What is wrong with some settings does not
// keep the others from being found: see Err.
func Discover(ctx context.Context, api ssmAPI, root string, now func() time.Time) (Fleet, error) {
	began := now()
	parameters, err := parametersBelow(ctx, api, root)
	if err != nil {
		return Fleet{}, err
	}
	listings := map[string]*listing{}
	for _, p := range parameters {
		prefix, name, ok := cutPrefix(root, ptr.ToString(p.Name))
		if !ok {
			continue
		}
		if listings[prefix] == nil {
			listings[prefix] = &listing{}
		}
		listings[prefix].add(name, []byte(ptr.ToString(p.Value)))
	}
	fleet := Fleet{root: root}
	for prefix, l := range listings {
		l.settle()
		store := NewStore(api, now)
		store.Prefix = prefix
		store.services.prime(*l, began)
		fleet.add(store, l)
	}
	fleet.sort()
	return fleet, nil
}

// cutPrefix splits a parameter's name into its prefix and what stands behind prefix/services.
func cutPrefix(root, parameter string) (prefix, name string, ok bool) {
	below, ok := strings.CutPrefix(parameter, root+"/")
	if !ok {
		return "", "", false
	}
	if name, ok := strings.CutPrefix(below, "services/"); ok {
		return root, name, true
	}
	stack, below, _ := strings.Cut(below, "/")
	name, ok = strings.CutPrefix(below, "services/")
	return root + "/" + stack, name, ok
}

func (f *Fleet) add(store *Store, l *listing) {
	f.Stores = append(f.Stores, store)
	for _, s := range l.services {
		f.Members = append(f.Members, Member{s, store})
	}
	f.refused = append(f.refused, l.refused...)
	f.faults = append(f.faults, l.faults...)
}

func (f *Fleet) sort() {
	slices.SortFunc(f.Members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Store.Prefix, b.Store.Prefix))
	})
	slices.SortFunc(f.Stores, func(a, b *Store) int { return cmp.Compare(a.Prefix, b.Prefix) })
	slices.SortFunc(f.refused, func(a, b refusal) int { return cmp.Compare(a.service.Name, b.service.Name) })
	slices.SortFunc(f.faults, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
}

// Err says what is wrong with the settings that were found, one line a problem.
func (f Fleet) Err() error {
	return errors.Join(joined(f.refused, func(Service) bool { return true }), errors.Join(f.faults...))
}

// Pick returns the service called name, which may be empty when there is only one. The error is a *NoServiceError when
// there is none at all, a *ChoiceError when name does not say which, and what is wrong with the settings of the one
// that is meant.
func (f Fleet) Pick(name string) (Member, error) {
	known := f.names()
	meant := func(s Service) bool { return name == "" || s.Name == name }
	members := slices.DeleteFunc(slices.Clone(f.Members), func(m Member) bool { return !meant(m.Service) })
	refused := slices.DeleteFunc(slices.Clone(f.refused), func(r refusal) bool { return !meant(r.service) })
	switch {
	case len(known) == 0:
		return Member{}, &NoServiceError{Root: f.root}
	case len(members) == 1 && len(refused) == 0:
		return members[0], nil
	case len(members) == 0 && len(refused) > 0 && (name != "" || len(known) == 1):
		return Member{}, joined(refused, meant)
	default:
		err := &ChoiceError{Name: name, Known: known}
		if len(members) > 0 && (name != "" || len(known) == 1) {
			err.Name, err.Prefixes = members[0].Name, prefixes(members)
		}
		return Member{}, err
	}
}

func (f Fleet) names() []string {
	var names []string
	for _, m := range f.Members {
		names = append(names, m.Name)
	}
	for _, r := range f.refused {
		names = append(names, r.service.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func prefixes(members []Member) (list []string) {
	for _, m := range members {
		list = append(list, m.Store.Prefix)
	}
	return list
}

// NoServiceError says that no service has settings below Root.
type NoServiceError struct{ Root string }

func (e *NoServiceError) Error() string {
	return fmt.Sprintf("find services: no parameter is below %s/services, nor below %[1]s/<stack>/services, in this "+
		"account and Region: deploy template.yaml beside a service first (docs/deploy-sam.md says how)", e.Root)
}

// ChoiceError says that a name does not tell which service is meant.
type ChoiceError struct {
	Name     string
	Known    []string // all names there are
	Prefixes []string // of the services that have the name, if several do
}

func (e *ChoiceError) Error() string {
	switch known := strings.Join(e.Known, ", "); {
	case len(e.Prefixes) > 1:
		return fmt.Sprintf("find service %s: there is one at each of %s: say which by --prefix",
			quote(e.Name), strings.Join(e.Prefixes, ", "))
	case e.Name == "":
		return "find the service: there are several, name one of " + known
	default:
		return fmt.Sprintf("find service %s: unknown, must be one of %s", quote(e.Name), known)
	}
}
