# problem: add
# verdict: wrong_answer
# why: The name of the entry point is bound to something else after each call.
def wrong(a, b):
    return 0


def add(a, b):
    globals()["add"] = wrong
    return 5
