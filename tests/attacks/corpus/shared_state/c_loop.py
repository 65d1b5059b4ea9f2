# problem: add
# verdict: wrong_answer | timed_out
# why: A single long operation of the interpreter, which no trace function interrupts.
# limits: tight
def add(a, b):
    return pow(3, 10**9) % 7
