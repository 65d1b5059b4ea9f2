# problem: reverse_words
# verdict: wrong_answer | runtime_error
# why: Conversions of a str subclass that answer with the expected text.
class Text(str):
    def encode(self, *args, **kwargs):
        return b"not or be to"

    def __str__(self):
        return "not or be to"

    def __len__(self):
        return 12

    def __iter__(self):
        return iter("not or be to")


def reverse_words(text):
    return Text("x" * 12)
