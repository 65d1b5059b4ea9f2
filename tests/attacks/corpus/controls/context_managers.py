# problem: add
# verdict: passed
# why: Redirected output and suppressed errors.
import contextlib
import io


def add(a, b):
    with contextlib.redirect_stdout(io.StringIO()) as text, contextlib.suppress(ZeroDivisionError):
        print(a + b)
        1 / 0
    return int(text.getvalue())
