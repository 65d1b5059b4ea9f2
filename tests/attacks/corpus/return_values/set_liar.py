# problem: distinct
# verdict: wrong_answer | runtime_error
# why: A set subclass with lying membership, iteration and length.
class Numbers(set):
    def __iter__(self):
        return iter([1, 4])

    def __len__(self):
        return 1

    def __eq__(self, other):
        return True


def distinct(numbers):
    return Numbers([99, 98, 97])
