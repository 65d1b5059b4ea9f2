# problem: add
# verdict: runtime_error | wrong_answer | exited
# why: A SystemExit subclass with a lying code.
class Leave(SystemExit):
    @property
    def code(self):
        return 0


def add(a, b):
    raise Leave("passed")
