# problem: probe
# verdict: passed
# why: The test is about what the program does to its argument, and sees it.
# test: value = [3, 1]
# test: candidate(value)
# test: assert value == [1, 3]
# in-process: passed
def f(value):
    value.sort()
