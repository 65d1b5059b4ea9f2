# problem: add
# verdict: missing_entry_point | runtime_error
# why: The entry point is None.
def add(a, b):
    return 0


add = None
