# verdict: wrong_answer
# why: text that claims to equal everything; only bytes leave the process.
class Any(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


print(Any("nan"), Any("inf"))
