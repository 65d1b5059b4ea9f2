"""The samples file while it is written: one row at a time, whole or not at all.

The file is locked against a second writer. A row that a crash cut off is taken out when the file is opened.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from evaluator.errors import OutputError, SamplesError
from evaluator.files.jsonl import Line, parse_row

__all__ = ["RowsFile", "open_rows"]


class RowsFile:
    """A samples file that grows.

    Attributes:
        path: the file.
        done: the completions that it holds, as task_id and number within the problem.
        cut: rows with the finish reason `length`.
        repaired: whether a half-written last row was taken out.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.done: set[tuple[str, int]] = set()
        self.cut = 0
        self.repaired = False
        self._descriptor = descriptor
        self._size = 0

    def read(self) -> None:
        """Read what is there, and cut a half-written last row off.

        Raises:
            SamplesError: a row is not one that was generated, or is there twice.
        """
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.endswith(b"\n"):
                    self.repaired = True
                    os.ftruncate(self._descriptor, self._size)
                    break
                self._size += len(raw)
                self._note(number, parse_row(self.path, Line(number, raw)))

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row.

        Raises:
            OutputError: it cannot be written; the file is as it was.
        """
        line = json.dumps(row).encode("ascii") + b"\n"
        try:
            _write_whole(self._descriptor, line, self._size)
        except OSError as error:
            os.ftruncate(self._descriptor, self._size)
            raise OutputError(
                f"{self.path}: not written ({error.strerror}); the rows before are whole, and the same "
                "command goes on with them"
            ) from error
        self._size += len(line)
        self._note(0, row)

    def _note(self, number: int, row: Mapping[str, object]) -> None:
        task_id, sample = row.get("task_id"), row.get("sample")
        if not isinstance(task_id, str) or not isinstance(sample, int):
            raise SamplesError(f"{self.path}:{number}: no row of 'passlaw generate'; give another output")
        if (task_id, sample) in self.done:
            raise SamplesError(
                f"{self.path}:{number}: sample {sample} of {task_id} is there twice; remove a row"
            )
        self.done.add((task_id, sample))
        self.cut += row.get("finish_reason") == "length"


def _write_whole(descriptor: int, data: bytes, at: int) -> None:
    if os.pwrite(descriptor, data, at) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def open_rows(path: Path) -> Iterator[RowsFile]:
    """Open a samples file for more rows, or begin one, and keep other writers away.

    Raises:
        OutputError: it cannot be written, or another process writes it.
        SamplesError: what is there is no samples file of ours.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputError(f"{path}: cannot write there ({error.strerror})", option="output") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        rows = RowsFile(path, descriptor)
        rows.read()
        yield rows
        os.fsync(descriptor)
    except BlockingIOError:
        raise OutputError(f"{path}: another process writes this file; wait for it to end") from None
    finally:
        os.close(descriptor)
