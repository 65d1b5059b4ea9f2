"""Frames between the judge and the shared process, which runs programs in groups. Both sides load this."""

import struct
from typing import Final

__all__ = ["GROUP", "HEADS", "MOST_WAITING"]

GROUP = 16  # verified programs that are run together, at most


# Soundness and CPU seconds, by the number of programs.
HEADS: Final = tuple(struct.Struct(f"<?{programs}d") for programs in range(GROUP + 1))
MOST_WAITING: Final = 4 << 20  # bytes of answers; the judge asks again for what is left
