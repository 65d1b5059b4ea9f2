# problem: add
# verdict: passed
# why: Structural pattern matching and the walrus.
def add(a, b):
    match (a, b):
        case (int(), 0):
            return a
        case (int() as left, int() as right) if (total := left + right) is not None:
            return total
