package listening

// An automaton finds all of its patterns in one pass over a text (Aho and Corasick, "Efficient
// string matching: an aid to bibliographic search", 1975), as a table without failure links:
// bytes that stand in no pattern share a column.
type automaton struct {
	column [256]uint8
	stride int
	next   []int32   // state · stride + column → state · stride
	found  [][]int32 // by state: the patterns that end here
}

func newAutomaton(patterns []string) *automaton {
	a := &automaton{stride: 1}
	for _, p := range patterns {
		for i := range len(p) {
			if a.column[p[i]] == 0 {
				a.column[p[i]] = uint8(a.stride)
				a.stride++
			}
		}
	}
	a.addState()
	for id, p := range patterns {
		state := int32(0)
		for i := range len(p) {
			edge := int(state)*a.stride + int(a.column[p[i]])
			if a.next[edge] == 0 {
				a.next[edge] = a.addState()
			}
			state = a.next[edge]
		}
		a.found[state] = append(a.found[state], int32(id))
	}
	a.complete()
	return a
}

func (a *automaton) addState() int32 {
	a.next = append(a.next, make([]int32, a.stride)...)
	a.found = append(a.found, nil)
	return int32(len(a.found) - 1)
}

// complete gives every state an edge for every column, breadth first: where the trie has none,
// the one of the longest suffix that has. Then it turns states into offsets.
func (a *automaton) complete() {
	fail := make([]int32, len(a.found))
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for c := range a.stride {
			edge := int(state)*a.stride + c
			suffix := int32(0)
			if state != 0 {
				suffix = a.next[int(fail[state])*a.stride+c]
			}
			kid := a.next[edge]
			if kid == 0 {
				a.next[edge] = suffix
				continue
			}
			fail[kid] = suffix
			a.found[kid] = append(a.found[kid], a.found[suffix]...)
			queue = append(queue, kid)
		}
	}
	for i := range a.next {
		a.next[i] *= int32(a.stride)
	}
}

// step moves on by one byte.
func (a *automaton) step(state int32, c byte) int32 {
	return a.next[int(state)+int(a.column[c])]
}

// ends are the patterns that end in a state.
func (a *automaton) ends(state int32) []int32 { return a.found[int(state)/a.stride] }
