# problem: add
# verdict: wrong_answer | runtime_error
# why: An object whose repr exits, hangs the formatter or floods the message.
class Bomb:
    def __repr__(self):
        raise SystemExit(0)

    __str__ = __format__ = __repr__


def add(a, b):
    return Bomb()
