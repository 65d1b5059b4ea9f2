# problem: add
# verdict: exited | wrong_answer | runtime_error
# why: Leaves when run as the main program.
import sys


def add(a, b):
    return 0


if __name__ == "__main__":
    sys.exit(0)
