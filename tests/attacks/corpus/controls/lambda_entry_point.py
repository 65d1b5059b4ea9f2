# problem: add
# verdict: passed
# why: The entry point is a lambda.
add = lambda a, b: a + b
