# problem: distinct
# verdict: wrong_answer | runtime_error | timed_out | out_of_memory | output_limit
# why: A range longer than any list can be.
def distinct(numbers):
    return range(-(10**40), 10**40)
