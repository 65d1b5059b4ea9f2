# problem: add
# verdict: passed
# why: Prints text that has no encoding, bytes and control characters.
import sys


def add(a, b):
    print("\x1b[31mred\x1b[0m \u202e ✓ 日本語", end="\r\n")
    try:
        print("\ud800")
    except UnicodeEncodeError:
        pass
    sys.stdout.write("no line end")
    return a + b
