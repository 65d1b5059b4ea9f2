# problem: sort_numbers
# verdict: wrong_answer | runtime_error
# why: A list subclass with a lying comparison, length and iterator.
class Numbers(list):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __len__(self):
        return 5

    def __iter__(self):
        return iter([-1, 3, 3, 5, 9])


def sort_numbers(numbers):
    return Numbers([0])
