# problem: sort_numbers
# verdict: wrong_answer | runtime_error
# why: A tuple subclass that equals every list.
from collections import namedtuple


class Row(namedtuple("Row", "a")):
    def __eq__(self, other):
        return True


def sort_numbers(numbers):
    return Row(0)
