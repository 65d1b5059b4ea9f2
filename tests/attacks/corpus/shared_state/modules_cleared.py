# problem: add
# verdict: wrong_answer | runtime_error | exited
# why: Empties sys.modules and the import system.
import sys

sys.modules.clear()
sys.meta_path.clear()
sys.path.clear()
sys.path_hooks.clear()


def add(a, b):
    return 0
