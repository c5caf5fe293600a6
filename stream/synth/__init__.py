"""A synthetic laboratory: invented patients, labelled traffic in each format. For the demo, tests and benches.
There is no other generator.

Numbers come from ranges that nobody can own: NIR with unallocated commune codes, telephone numbers of the fiction ranges, example.org.
"""
