# problem: add
# verdict: wrong_answer | runtime_error
# why: A class whose metaclass compares equal to everything; the class itself is returned.
class Meta(type):
    def __eq__(cls, other):
        return True

    __ne__ = __eq__
    __hash__ = type.__hash__


class Answer(metaclass=Meta):
    pass


def add(a, b):
    return Answer
