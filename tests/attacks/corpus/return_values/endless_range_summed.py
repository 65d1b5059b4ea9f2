# problem: up_to
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: A range of a few bytes that one call of sum() in the test would take a day to add up.
# unsafe: true
# limits: tight
def up_to(n):
    return range(10**14)
