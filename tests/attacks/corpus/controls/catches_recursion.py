# problem: add
# verdict: passed
# why: Provokes a RecursionError, catches it and goes on.
def dive():
    return dive()


def add(a, b):
    try:
        dive()
    except RecursionError:
        return a + b
