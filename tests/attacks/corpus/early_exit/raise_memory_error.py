# problem: add
# verdict: runtime_error | wrong_answer | out_of_memory
# why: Pretends that memory ran out.
def add(a, b):
    raise MemoryError("passed")
