# problem: distinct
# verdict: wrong_answer | runtime_error
# why: Containers compare by identity first, so one NaN object equals itself inside them.
import math


def distinct(numbers):
    return [math.nan] * len(set(numbers))
