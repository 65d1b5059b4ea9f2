# problem: add
# verdict: wrong_answer | runtime_error
# why: An int subclass with a lying comparison; only its real value may cross.
class Int(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True

    __hash__ = int.__hash__


def add(a, b):
    return Int(0)
