# problem: add
# verdict: missing_entry_point
# why: A function of another name.
def plus(a, b):
    return a + b + 1
