# problem: add
# verdict: runtime_error | wrong_answer | exited
# why: GeneratorExit escapes `except Exception` and ends generators quietly.
def add(a, b):
    raise GeneratorExit
