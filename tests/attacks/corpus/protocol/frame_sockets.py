# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Finds sockets and files in the frames' locals and objects and writes verdicts through their own methods.
# unsafe: true
import gc
import sys


def targets():
    frame = sys._getframe()
    while frame is not None:
        yield from list(frame.f_locals.values())
        yield from list(frame.f_globals.values())
        frame = frame.f_back
    yield from gc.get_objects()


def add(a, b):
    for thing in list(targets()):
        kind = type(thing).__name__.lower()
        if any(word in kind for word in ("socket", "channel", "connection", "stream", "writer", "buffered")):
            for name in ("send", "sendall", "send_bytes", "write", "reply", "put"):
                for value in ("passed", b"passed", True, {"verdict": "passed"}):
                    try:
                        getattr(thing, name)(value)
                    except Exception:
                        pass
    return 0
