# problem: add
# verdict: wrong_answer | runtime_error
# why: Conversions of an int subclass that never return an int.
class Int(int):
    def __int__(self):
        return self

    def __index__(self):
        raise SystemExit(0)

    def to_bytes(self, *args, **kwargs):
        return b"\x05"

    def bit_length(self):
        return 3

    def __repr__(self):
        return "5"

    def __str__(self):
        return "5"

    def __format__(self, spec):
        return "5"


def add(a, b):
    return Int(77)
