# problem: add
# verdict: runtime_error | wrong_answer
# why: The same with `exec`, and a module-like name.
exec_error = type("exec", (BaseException,), {"__module__": "builtins"})


def add(a, b):
    raise exec_error("import os\nos._exit(0)")
