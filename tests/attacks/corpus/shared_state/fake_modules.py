# problem: reverse_words
# verdict: wrong_answer | runtime_error | exited | crashed
# why: Replaces every loaded module by one that answers to any name.
import sys


class Fake(type(sys)):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for name in list(sys.modules):
    if name not in {"sys", "builtins"}:
        sys.modules[name] = Fake(name)


def reverse_words(text):
    return "wrong"
