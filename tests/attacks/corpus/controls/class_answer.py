# problem: distinct
# verdict: passed
# why: The entry point is a builtin class.
distinct = set
