# problem: probe
# verdict: wrong_answer
# why: A values view equals nothing but itself.
# test: assert candidate() == [1]
def f():
    return {"a": 1}.values()
