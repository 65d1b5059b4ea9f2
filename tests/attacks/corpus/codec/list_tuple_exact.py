# problem: probe
# verdict: passed
# why: Lists and tuples stay apart at every depth.
# test: value = [1, (2, [3, ()]), [], ([],)]
# test: assert candidate(value) == value
# test: assert type(candidate((1,))) is tuple and type(candidate([1])) is list
def f(value):
    return value
