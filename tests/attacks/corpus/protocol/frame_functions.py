# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out
# why: Calls every function of the machinery that it can see, with plausible arguments.
# unsafe: true
# limits: tight
import sys
import types


def add(a, b):
    frame = sys._getframe(1)
    seen = set()
    while frame is not None:
        for name, value in list(frame.f_globals.items()):
            if isinstance(value, types.FunctionType) and name not in seen and value is not add:
                seen.add(name)
                for args in ((), ("passed",), (True,), (5,), (b"passed",), (0, "passed")):
                    try:
                        value(*args)
                    except Exception:
                        pass
        frame = frame.f_back
    return 0
