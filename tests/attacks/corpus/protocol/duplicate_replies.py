# problem: collatz_steps
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Sends every reply twice by wrapping the socket's and the module's send functions.
# unsafe: true
import os
import sys

write = os.write


def twice(fd, data):
    write(fd, data)
    return write(fd, data)


def collatz_steps(n):
    os.write = twice
    frame = sys._getframe()
    while frame is not None:
        for scope in (frame.f_globals, frame.f_locals):
            for name, value in list(scope.items()):
                for method in ("sendall", "send", "write"):
                    if hasattr(value, method) and hasattr(value, "fileno"):
                        original = getattr(value, method)
                        try:
                            setattr(value, method, lambda data, original=original: (original(data), original(data))[1])
                        except AttributeError:
                            pass
        frame = frame.f_back
    return 0
