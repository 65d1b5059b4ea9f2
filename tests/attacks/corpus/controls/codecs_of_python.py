# problem: probe
# verdict: passed
# why: most codecs are modules of the library; a lean process has none of them and must give way
# test: assert candidate() == (b'xn--bcher-kva', b'\x80', b'ab', 'no such codec')
def f():
    try:
        "a".encode("gone")
    except LookupError:
        told = "no such codec"
    return "b\u00fccher".encode("idna"), "\u20ac".encode("cp1252"), bytes("ab", "cp437"), told
