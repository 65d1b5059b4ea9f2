# problem: add
# verdict: passed
# why: Two hundred megabytes, within the limit.
def add(a, b):
    block = bytearray(200 << 20)
    block[::4096] = b"\x01" * (len(block) // 4096)
    return a + b + block[1]
