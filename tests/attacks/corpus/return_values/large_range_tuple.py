# problem: up_to
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: A range that becomes gigabytes as a tuple.
# unsafe: true
# limits: tight
def up_to(n):
    return range(2 * 10**8) if n == 2 else list(range(1, n + 1))
