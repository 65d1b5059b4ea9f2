"""The writable folder of a jail, put back to what it was when a program has used it.

Only the standard library is here: this is part of the untrusted side, which is handed over as text.
"""

import os
import stat
import time
from _socket import socketpair

__all__ = ["Scratch"]

_SETTLE_S = 1.0
_LOOK_S = 0.002


class Scratch:
    """The folder, and what it was like before any program.

    Attributes:
        spoiled: whether it is not what it was, although it has been emptied: something still holds its space.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._unused = self._state()
        self.spoiled = False

    def forget_times(self) -> None:
        """Set the folder's own times to now, for one program could leave word in them for the next."""
        try:  # noqa: SIM105 - this runs for every program
            os.utime(self._path)
        except PermissionError:
            pass  # a policy without this call

    def _state(self) -> tuple[int, int, int, int]:
        space, folder = os.statvfs(self._path), os.stat(self._path)
        # gVisor counts no inodes, so there names are counted, unless the folder has been shut.
        counts = space.f_files or not folder.st_mode & stat.S_IRUSR
        names = 0 if counts else len(os.listdir(self._path))
        return space.f_ffree, space.f_bfree, folder.st_mode, names

    def wipe(self) -> bool:
        """Empty the folder if anything was changed in it; return whether it was."""
        if self._state() == self._unused:
            return False
        os.chmod(self._path, stat.S_IMODE(self._unused[2]))
        while entries := list(os.scandir(self._path)):
            for entry in entries:
                self._remove(entry)
        self.spoiled = not self._settles()
        return True

    def _settles(self) -> bool:
        """Wait until the space of files that have no name any more is free again; False if it stays taken.

        The processes are gone by now, and with them what they had open. Some things the kernel frees later: a
        file that was sent over a socket and never received stays until a collection, which the closing of any
        such socket sets off, and which frees one layer of sockets sent over sockets at a time.
        """
        deadline = time.monotonic() + _SETTLE_S
        while self._state() != self._unused:
            if time.monotonic() > deadline:
                return False
            for end in socketpair():
                end.close()
            time.sleep(_LOOK_S)
        return True

    def _remove(self, entry: "os.DirEntry[str]") -> None:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
            return
        # Folders are emptied upwards, one level at a time: a tree of any depth needs no recursion.
        os.chmod(entry.path, 0o700)
        for inner in list(os.scandir(entry.path)):
            if inner.is_dir(follow_symlinks=False):
                os.chmod(inner.path, 0o700)
            os.rename(inner.path, f"{self._path}/{os.urandom(16).hex()}")
        os.rmdir(entry.path)
