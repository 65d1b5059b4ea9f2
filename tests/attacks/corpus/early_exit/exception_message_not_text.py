# problem: add
# verdict: runtime_error | wrong_answer
# why: str() of the exception returns a lying str subclass, lone surrogates and all.
class Text(str):
    def __eq__(self, other):
        return True

    def encode(self, *args, **kwargs):
        return b"passed"

    __hash__ = str.__hash__


class Odd(Exception):
    def __str__(self):
        return Text("\ud800passed")


def add(a, b):
    raise Odd
