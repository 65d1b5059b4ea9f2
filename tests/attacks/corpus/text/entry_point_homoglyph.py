# problem: add
# verdict: missing_entry_point
# why: The entry point's name with a Cyrillic letter in it.
def аdd(a, b):
    return 0
