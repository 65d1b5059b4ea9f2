# problem: add
# verdict: syntax_error
# why: A __future__ import after other code.
def add(a, b):
    return 0


from __future__ import annotations
