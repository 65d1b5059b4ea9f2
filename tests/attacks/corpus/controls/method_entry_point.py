# problem: sort_numbers
# verdict: passed
# why: The entry point is a bound method.
class Sorter:
    def sort(self, numbers):
        return sorted(numbers)


sort_numbers = Sorter().sort
