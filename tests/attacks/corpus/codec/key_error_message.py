# problem: probe
# verdict: passed
# why: KeyError and IndexError keep their arguments well enough for the test.
# test: for error in (KeyError, IndexError, ZeroDivisionError, TypeError, OverflowError):
# test:     try:
# test:         candidate(error.__name__)
# test:     except error:
# test:         pass
def f(name):
    raise __builtins__[name]("x") if isinstance(__builtins__, dict) else getattr(__builtins__, name)("x")
