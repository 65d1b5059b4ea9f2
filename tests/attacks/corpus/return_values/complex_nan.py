# problem: mean
# verdict: wrong_answer | runtime_error
# why: Infinity and NaN inside a complex number.
def mean(numbers):
    return complex(float("inf"), float("nan"))
