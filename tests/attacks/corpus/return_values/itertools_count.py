# problem: distinct
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: itertools.count never ends.
# unsafe: true
# limits: tight
import itertools


def distinct(numbers):
    return itertools.count()
