# problem: probe
# verdict: runtime_error
# why: An exception class of the candidate's own has no builtin name.
# test: candidate()
class Odd(ValueError):
    pass


def f():
    raise Odd("bad value")
