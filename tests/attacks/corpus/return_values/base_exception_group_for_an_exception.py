# problem: probe
# verdict: runtime_error
# why: `except Exception` of a test does not catch it in one process, so it must not here.
# test: try:
# test:     candidate(-1)
# test: except Exception:
# test:     pass
# test: else:
# test:     assert False
def f(number):
    raise BaseExceptionGroup("no", [KeyboardInterrupt()])
