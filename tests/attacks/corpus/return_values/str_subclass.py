# problem: reverse_words
# verdict: wrong_answer | runtime_error
# why: A str subclass that equals everything and starts with everything.
class Text(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def startswith(self, *args):
        return True

    __hash__ = str.__hash__


def reverse_words(text):
    return Text("wrong")
