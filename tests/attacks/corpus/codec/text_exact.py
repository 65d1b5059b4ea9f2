# problem: probe
# verdict: passed
# why: Text with NUL, astral characters, combining marks and lone surrogates.
# test: for s in ("", "a\x00b", "\U0001F600", "e\u0301", "\ud800", "\udc80x\udfff", "\r\n\t", "\ufeff"):
# test:     assert candidate(s) == s and len(candidate(s)) == len(s)
def f(value):
    return value
