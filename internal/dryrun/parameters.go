package dryrun

import (
	"encoding/json"
	"fmt"
)

// parameters are those that were given, by the names of the SDK's fields.
func parameters(input any) map[string]any {
	text, err := json.Marshal(input)
	var given map[string]any
	if err == nil {
		err = json.Unmarshal(text, &given)
	}
	if err != nil { // no input of the SDK's that is used here; better an ugly report than none
		return map[string]any{"input": fmt.Sprintf("%+v", input)}
	}
	if given["Type"] == "SecureString" {
		given["Value"] = "(secret)"
	}
	return pruned(given)
}

// pruned leaves out what the SDK's structs hold for "not given": nil, an empty enum, and false, the default of every
// flag that is used here.
func pruned(members map[string]any) map[string]any {
	for key, value := range members {
		switch v := value.(type) {
		case nil:
			delete(members, key)
		case string:
			if v == "" { // an enum
				delete(members, key)
			}
		case bool:
			if !v {
				delete(members, key)
			}
		case map[string]any:
			pruned(v)
		case []any:
			pruneAll(v)
		}
	}
	return members
}

func pruneAll(list []any) {
	for _, value := range list {
		if members, ok := value.(map[string]any); ok {
			pruned(members)
		}
	}
}
