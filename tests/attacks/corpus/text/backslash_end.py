# problem: add
# verdict: syntax_error
# why: Ends in a backslash, which joins the next line.
def add(a, b):
    return 0 \
