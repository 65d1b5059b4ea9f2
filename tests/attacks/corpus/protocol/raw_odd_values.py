# problem: distinct
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: Values that no encoder writes: unhashable keys, ranges without step, fractions over zero, unknown tags.
# unsafe: true
import os
import stat
import struct

BODIES = (
    b"S\x01\x00\x00\x00l\x00\x00\x00\x00",
    b"d\x01\x00\x00\x00l\x00\x00\x00\x00n",
    b"r" + (b"i" + bytes(8)) * 3,
    b"R" + (b"i" + bytes(8)) * 2,
    b"D\x04\x00\x00\x00abcd",
    b"I\x01\x00\x00\x00n",
    b"s\x02\x00\x00\x00\xff\xff",
    b"l\xff\xff\xff\xff",
    b"w\x01\x00\x00\x00\xff\xff\xff\xff",
    b"?",
    b"",
    b"nn",
)
turn = iter(BODIES)


def distinct(numbers):
    body = BODIES[os.getpid() % len(BODIES)]
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack("<IB", len(body), ord("V")) + body)
        except OSError:
            pass
    return 0
