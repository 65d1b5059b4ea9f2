# problem: add
# verdict: wrong_answer | runtime_error
# why: The entry point is a callable object that returns itself and equals everything.
class Adder:
    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True


add = Adder()
