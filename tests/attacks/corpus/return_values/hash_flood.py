# problem: letter_counts
# verdict: wrong_answer | runtime_error | timed_out | output_limit
# why: Thousands of keys with one hash: building the dict again is quadratic.
# limits: tight
def letter_counts(text):
    prime = 2**61 - 1
    return {k * prime: 0 for k in range(1, 6_000)}
