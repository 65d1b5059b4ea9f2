# problem: add
# verdict: passed
# why: A literal comparison by identity and an invalid escape, which warn and work.
def add(a, b):
    if a is 2:
        pass
    "\d"
    return a + b
