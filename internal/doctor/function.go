package doctor

// Function is one of catnap's three, as Lambda knows it.
type Function struct {
	Found    bool
	Name     string // or its ARN, if it was not found
	ARN      string
	Role     string // its ARN
	State    string // "Active", "Pending", "Inactive", "Failed"
	Why      string // it is in this state
	Stale    bool   // its last update failed, and it runs what it ran before
	Halted   bool   // nothing may be invoked: a concurrency of 0 is reserved
	LogGroup string
	Env      map[string]string
	Hidden   bool // the environment could not be decrypted for the caller
	// Callers are who may invoke it by its own policy; only read of the waker.
	Callers []Caller
}

// Caller is a service that may invoke a function, from a source whose ARN is like a pattern. An empty source is any.
type Caller struct{ Principal, SourceAccount, SourceARN string }

// Refusal is an action that a role does not allow.
type Refusal struct {
	Need
	Role string // its ARN
	By   string // what stands against it; empty if only nothing allows it
}

// FromFunction is Lambda, about a part's function.
func FromFunction(p Part) Source { return Source(p + " function") }

// FromConcurrency is Lambda, about a part's reserved concurrency.
func FromConcurrency(p Part) Source { return Source(p + " concurrency") }

// FromRole is IAM, about a part's role.
func FromRole(p Part) Source { return Source(p + " role") }

// FromPolicy is Lambda, about who may invoke a part's function.
func FromPolicy(p Part) Source { return Source(p + " policy") }
