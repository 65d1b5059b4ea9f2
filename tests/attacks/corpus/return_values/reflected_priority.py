# problem: add
# verdict: wrong_answer | runtime_error
# why: A subclass instance on either side of == is asked first; its answer must never be heard.
class Int(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True

    def __hash__(self):
        return 5

    def __index__(self):
        return 5

    def __int__(self):
        return 5


def add(a, b):
    return Int(12345)
