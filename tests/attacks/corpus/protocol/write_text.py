# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Writes "passed" in many spellings to every descriptor.
# unsafe: true
import os

SPELLINGS = (
    b"passed\n", b"PASSED\n", b'{"passed": true, "verdict": "passed", "result": "passed"}\n', b"ok\n", b"\x00", b"\x01", b"0\n", b"T",
)


def add(a, b):
    for fd in range(3, 256):
        for text in SPELLINGS:
            try:
                os.write(fd, text)
            except OSError:
                break
    return 0
