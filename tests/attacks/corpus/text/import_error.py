# problem: add
# verdict: runtime_error
# why: Imports what is not there.
import a_module_that_does_not_exist


def add(a, b):
    return 0
