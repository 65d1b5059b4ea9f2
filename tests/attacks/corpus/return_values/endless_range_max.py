# problem: up_to
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: The same for max(), past a right first answer.
# unsafe: true
# limits: tight
def up_to(n):
    return [1, 2, 3, 4] if n == 4 else range(10**14)
