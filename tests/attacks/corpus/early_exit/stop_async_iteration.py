# problem: square
# verdict: runtime_error | wrong_answer
# why: StopAsyncIteration and GeneratorExit in turn.
def square(n):
    raise (StopAsyncIteration if n else GeneratorExit)
