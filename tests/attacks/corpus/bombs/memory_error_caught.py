# problem: add
# verdict: wrong_answer | out_of_memory
# why: Catches MemoryError and answers wrongly.
# unsafe: true
def add(a, b):
    try:
        bytearray(1 << 42)
    except MemoryError:
        return 0
