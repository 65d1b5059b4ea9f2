# problem: add
# verdict: wrong_answer | timed_out
# why: Catches whatever interrupts it and carries on.
# limits: tight
def add(a, b):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
