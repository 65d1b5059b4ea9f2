# problem: add
# verdict: wrong_answer | runtime_error
# why: An object that answers True to every comparison.
class Everything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True

    def __hash__(self):
        return 0


def add(a, b):
    return Everything()
