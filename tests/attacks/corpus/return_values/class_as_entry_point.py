# problem: add
# verdict: wrong_answer | runtime_error
# why: The entry point is a class; calling it makes an instance that equals everything.
class add:
    def __init__(self, a, b):
        pass

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True
