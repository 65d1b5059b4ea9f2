# problem: add
# verdict: passed
# why: except* and exception groups.
def add(a, b):
    try:
        raise ExceptionGroup("several", [ValueError(a), TypeError(b)])
    except* ValueError:
        total = a
    except* TypeError:
        total += b
    return total
