# problem: sort_numbers
# verdict: passed
# why: The entry point is a builtin function.
sort_numbers = sorted
