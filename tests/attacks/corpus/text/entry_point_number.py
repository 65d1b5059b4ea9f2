# problem: add
# verdict: missing_entry_point | runtime_error
# why: The entry point is a number.
add = 5
