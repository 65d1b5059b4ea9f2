# problem: mean
# verdict: wrong_answer | runtime_error
# why: NaN makes careless comparisons come out False.
def mean(numbers):
    return float("nan")
