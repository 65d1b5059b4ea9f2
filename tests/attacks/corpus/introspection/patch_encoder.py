# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Replaces every function in the frames' globals whose name suggests encoding or sending.
import sys
import types


def add(a, b):
    def forged(*args, **kwargs):
        return b"passed"

    frame = sys._getframe(1)
    while frame is not None:
        for name, value in list(frame.f_globals.items()):
            if isinstance(value, types.FunctionType) and any(
                word in name.lower() for word in ("encode", "dump", "pack", "reply", "send", "answer", "write")
            ):
                frame.f_globals[name] = forged
        frame = frame.f_back
    return 0
