# problem: add
# verdict: runtime_error | wrong_answer
# why: An exception class called `exit`: looking its name up among the builtins finds a function that exits.
exit_error = type("exit", (Exception,), {})


def add(a, b):
    raise exit_error(0)
