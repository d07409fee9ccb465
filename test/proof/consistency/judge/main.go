// The judge of histories: reads operations as JSON lines and says of each history whether some order
// of its operations, none moved out of its own time, is what one secret at a time would have answered.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// An operation on one name. An outcome of "open" is one that nobody heard: it may have been done, at any
// time after its call, or not at all.
type operation struct {
	History string `json:"history"`
	Key     string `json:"key"`
	Client  int    `json:"client"`
	Call    int64  `json:"call"`
	Return  int64  `json:"return"`

	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Number int    `json:"number"`
	Value  string `json:"value"`

	Outcome    string `json:"outcome"`
	GotID      string `json:"gotId"`
	GotNumber  int    `json:"gotNumber"`
	GotValue   string `json:"gotValue"`
	GotCurrent int    `json:"gotCurrent"`
}

const separator = "\n"

// A secret under a name, or none. The id is empty while nobody was told it.
type state struct {
	there   bool
	id      string
	current int
	values  string
}

func (s state) list() []string { return strings.Split(s.values, separator) }

func (s state) is(id string) bool { return s.there && (s.id == id || s.id == "") }

func (s state) isNot(id string) bool { return !s.there || s.id != id }

// effect is what the operation makes of the state if it is done there.
func effect(s state, op operation) (state, bool) {
	switch op.Kind {
	case "create":
		return state{true, op.GotID, 1, op.Value}, !s.there
	case "cas":
		if !s.is(op.ID) || s.current != op.Number {
			return s, false
		}
		values := append(s.list(), op.Value)
		return state{true, op.ID, len(values), strings.Join(values, separator)}, true
	case "activate":
		if !s.is(op.ID) || op.Number < 1 || op.Number > len(s.list()) {
			return s, false
		}
		return state{true, op.ID, op.Number, s.values}, true
	case "delete":
		return state{}, s.is(op.ID)
	}
	return s, true
}

func read(s state, op operation) []state {
	if op.Outcome == "absent" {
		return when(!s.there, s)
	}
	holds := s.is(op.GotID) && s.current == op.GotNumber && s.list()[s.current-1] == op.GotValue
	s.id = op.GotID
	return when(holds, s)
}

func when(holds bool, s state) []state {
	if holds {
		return []state{s}
	}
	return nil
}

func step(s state, op operation) []state {
	if op.Outcome == "open" {
		next, can := effect(s, op)
		if op.Kind == "read" || !can {
			return []state{s}
		}
		return []state{s, next}
	}
	if op.Kind == "read" {
		return read(s, op)
	}
	switch op.Outcome {
	case "done":
		next, can := effect(s, op)
		return when(can && (op.GotNumber == 0 || op.GotNumber == next.current), next)
	case "conflict":
		if op.Kind == "create" {
			return when(s.there, s)
		}
		return when(s.is(op.ID) && s.current != op.Number && s.current == op.GotCurrent, s)
	case "absent":
		missing := op.Kind == "activate" && s.is(op.ID) && op.Number > len(s.list())
		return when(s.isNot(op.ID) || missing, s)
	}
	return nil
}

var model = porcupine.NondeterministicModel{
	Init: func() []interface{} { return []interface{}{state{}} },
	Step: func(before, input, _ interface{}) []interface{} {
		var after []interface{}
		for _, next := range step(before.(state), input.(operation)) {
			after = append(after, next)
		}
		return after
	},
	Equal: func(a, b interface{}) bool { return a.(state) == b.(state) },
}

func judge(keys map[string][]porcupine.Operation, limit time.Duration) string {
	verdict := "ok"
	for _, operations := range keys {
		switch porcupine.CheckOperationsTimeout(model.ToModel(), operations, limit) {
		case porcupine.Illegal:
			return "violation"
		case porcupine.Unknown:
			verdict = "unknown"
		}
	}
	return verdict
}

func main() {
	histories := map[string]map[string][]porcupine.Operation{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var op operation
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		end := op.Return
		if op.Outcome == "open" {
			end = math.MaxInt64
		}
		if histories[op.History] == nil {
			histories[op.History] = map[string][]porcupine.Operation{}
		}
		keys := histories[op.History]
		keys[op.Key] = append(keys[op.Key], porcupine.Operation{
			ClientId: op.Client, Input: op, Call: op.Call, Return: end,
		})
	}
	names := make([]string, 0, len(histories))
	for name := range histories {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		answer := map[string]string{"history": name, "verdict": judge(histories[name], 20*time.Second)}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			os.Exit(2)
		}
	}
}
