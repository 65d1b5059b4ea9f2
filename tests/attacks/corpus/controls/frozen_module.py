# problem: probe
# verdict: passed
# why: modules that are frozen into the interpreter are in no folder and no list of the library
# test: assert candidate() == 'there'
try:
    import __hello_only__
    found = "there"
except ImportError:
    found = "absent"


def f():
    return found
