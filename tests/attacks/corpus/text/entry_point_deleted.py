# problem: add
# verdict: missing_entry_point
# why: The entry point deletes itself at the end of the module.
def add(a, b):
    return 0


del add
