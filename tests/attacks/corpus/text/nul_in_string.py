# problem: add
# verdict: wrong_answer | runtime_error
# why: Control characters and NUL escapes in what comes back.
def add(a, b):
    return "\x00\x1b[31m5\x1b[0m\r\n"
