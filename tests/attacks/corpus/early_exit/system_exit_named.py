# problem: add
# verdict: runtime_error | wrong_answer | exited
# why: An exception class of the candidate's own that bears the name SystemExit.
class SystemExit(Exception):
    code = 0


def add(a, b):
    raise SystemExit(0)
