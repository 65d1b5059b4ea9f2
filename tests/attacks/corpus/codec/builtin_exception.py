# problem: probe
# verdict: passed
# why: A builtin exception arrives as its own class, with its message.
# test: try:
# test:     candidate()
# test: except ValueError as error:
# test:     assert str(error) == "bad value"
# test: else:
# test:     assert False
def f():
    raise ValueError("bad value")
