# problem: probe
# verdict: passed
# why: An honest int subclass.
# test: assert candidate() == 7
class Number(int):
    pass


def f():
    return Number(7)
