# problem: add
# verdict: exited | runtime_error
# why: The interactive exit() inside the call.
def add(a, b):
    exit(0)
