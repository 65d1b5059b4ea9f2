# problem: distinct
# verdict: wrong_answer | runtime_error | output_limit
# why: Nested frozensets: hashing the outermost hashes them all.
def distinct(numbers):
    result = frozenset()
    for _ in range(20_000):
        result = frozenset([result])
    return result
