# problem: distinct
# verdict: wrong_answer | runtime_error | timed_out | out_of_memory | output_limit
# why: A range costs nothing to send; sorting it in the judge costs gigabytes.
# unsafe: true
# limits: tight
def distinct(numbers):
    return range(3 * 10**8)
