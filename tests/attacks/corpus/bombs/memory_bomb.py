# problem: add
# verdict: out_of_memory | runtime_error | crashed | timed_out
# why: Doubles a list until nothing is left.
# unsafe: true
# limits: tight
def add(a, b):
    items = [0]
    while True:
        items = items + items
