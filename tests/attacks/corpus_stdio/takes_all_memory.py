# verdict: out_of_memory|timed_out
# why: more than its address space.
held = []
while True:
    held.append(bytearray(64 << 20))
