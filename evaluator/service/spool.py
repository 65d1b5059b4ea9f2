"""Files that hold uploads while they arrive."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from anyio import to_thread

__all__ = ["Spooled", "spool_upload"]

_NAME: Final = "upload-"


@dataclass(slots=True)
class Spooled:
    """A file that grows while an upload arrives; gone when the request is over, whatever happened."""

    path: Path
    _file: BinaryIO
    _digest: "hashlib._Hash"
    size: int = 0

    async def write(self, chunk: bytes) -> None:
        """Append what has arrived."""
        self.size += len(chunk)
        self._digest.update(chunk)
        await to_thread.run_sync(self._file.write, chunk)

    async def whole(self) -> str:
        """Flush the file and return the SHA-256 of its content."""
        await to_thread.run_sync(self._file.flush)
        return self._digest.hexdigest()


@asynccontextmanager
async def spool_upload(folder: Path) -> AsyncIterator[Spooled]:
    """Yield a new, empty file in the folder, readable by this user alone."""
    descriptor, name = tempfile.mkstemp(prefix=_NAME, dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield Spooled(Path(name), file, hashlib.sha256())
    finally:
        await to_thread.run_sync(lambda: Path(name).unlink(missing_ok=True))
