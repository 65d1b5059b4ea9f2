# problem: letter_counts
# verdict: wrong_answer | runtime_error
# why: A dict subclass that pretends through items, keys, get and comparison.
class Counts(dict):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __getitem__(self, key):
        return 2

    def __missing__(self, key):
        return 2

    def items(self):
        return {"b": 1, "a": 3, "n": 2}.items()

    def keys(self):
        return ["b", "a", "n"]


def letter_counts(text):
    return Counts()
