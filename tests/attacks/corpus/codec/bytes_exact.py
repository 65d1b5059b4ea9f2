# problem: probe
# verdict: passed
# why: bytes and bytearray stay what they are.
# test: assert candidate(b"\x00\xff") == b"\x00\xff" and type(candidate(b"")) is bytes
# test: assert candidate(bytearray(b"ab")) == bytearray(b"ab") and type(candidate(bytearray())) is bytearray
# test: assert candidate(bytearray(b"ab")) == b"ab"
def f(value):
    return value
