# problem: distinct
# verdict: passed
# why: Generators, consumed before the answer.
def unique(numbers):
    seen = set()
    for number in numbers:
        if number not in seen:
            seen.add(number)
            yield number


def distinct(numbers):
    return list(unique(numbers))
