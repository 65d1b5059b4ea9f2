# problem: add
# verdict: passed
# why: A main block, which does not run.
def add(a, b):
    return a + b


if __name__ == "__main__":
    import sys
    print(add(1, 2))
    sys.exit(add(1, 2))
