# problem: distinct
# verdict: wrong_answer | runtime_error
# why: An object that iterates differently each time it is asked.
class Shifty:
    asked = 0

    def __iter__(self):
        return iter([1, 4])

    def __len__(self):
        return 1


def distinct(numbers):
    return Shifty() if numbers else [0]
