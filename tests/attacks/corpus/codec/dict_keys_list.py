# problem: probe
# verdict: wrong_answer
# why: A keys view does not equal a list.
# test: assert candidate() == ["a", "b"]
def f():
    return {"a": 1, "b": 2}.keys()
