// Package spike notices when people suddenly talk about a monitor otherwise than usual: a
// firestorm, praise, a coordinated flood, or plain volume. It is a pure function over cells, the
// counts of one monitor and one minute: Step takes what it knew, the cells and the time, and
// returns what it knows now and what changed. The same cells give the same incidents.
//
// What is usual (Baseline) is learnt from quarter hours and hours that are more than an hour old.
// A minute is judged when it has ended, over the 15 and the 60 minutes that end with it: how
// surprising is the number of people who wrote negatively, if they were negative-binomially
// distributed as they have been? People, not posts: the cells count an author once an hour.
package spike
