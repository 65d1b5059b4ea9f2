# problem: add
# verdict: runtime_error | wrong_answer | timed_out
# why: Pretends that the harness's own timer fired.
def add(a, b):
    raise TimeoutError("Timed out!")
