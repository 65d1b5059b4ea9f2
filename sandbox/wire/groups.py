"""Frames between the judge and the shared process, which runs programs in groups. Both sides load this.

To the process go PROGRAM with the program's place in the group, source and entry point; SELECT, after which
calls are for the program at that place; calls as in `frames`; and ANSWER, which asks for all answers so far.
Back comes one ANSWERS: whether what is shared is unchanged, the CPU seconds of each program, and frames one
after another: SELECT, REFUSED (the verifier's reason), and those of `frames`.
"""

import struct
from typing import Final

__all__ = ["ANSWER", "ANSWERS", "GROUP", "HEADS", "MOST_WAITING", "REFUSED", "SELECT"]

GROUP = 16  # verified programs that are run together, at most

SELECT: Final = b"O"
ANSWER: Final = b"A"
ANSWERS: Final = b"T"
REFUSED: Final = b"Q"

# Whether what is shared is unchanged, and CPU seconds, by the number of programs.
HEADS: Final = tuple(struct.Struct(f"<?{programs}d") for programs in range(GROUP + 1))
MOST_WAITING: Final = 4 << 20  # bytes of answers; the judge asks again for what is left
