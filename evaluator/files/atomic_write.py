"""Files that appear whole or not at all: written beside their destination, then renamed over it."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from evaluator.errors import OutputError

__all__ = ["replace_atomically"]


@contextlib.contextmanager
def replace_atomically(path: Path) -> Iterator[TextIO]:
    """Open a temporary file in `path`'s folder and rename it to `path` when the block ends well.

    If the block raises, the temporary file is removed and whatever was at `path` stays as it was.

    Raises:
        OutputError: the folder does not exist or cannot be written to, or the disk is full.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        file = temporary.open("x", encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot write there ({error.strerror})", option="output") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: not written ({error.strerror})", option="output") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
