# problem: add
# verdict: passed
# why: The entry point is an instance with __call__.
class Adder:
    def __call__(self, a, b):
        return a + b


add = Adder()
