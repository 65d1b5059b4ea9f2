"""A small read-only file tree for a jailed process, and the move into it.

The tree is a tmpfs with read-only bind mounts of the interpreter's files at their usual paths, a scratch
folder and /dev/null. There is no /proc, no /sys, no home, no site-packages.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sandbox.jail import libc

__all__ = ["enter_root"]

_MOUNT_POINT = "/tmp"  # noqa: S108 - any folder that every Linux has; only this mount namespace sees the change
# A mount made by a more privileged namespace keeps these flags through a remount, or the kernel refuses it.
_LOCKED = {
    os.ST_NOEXEC: libc.MS_NOEXEC, os.ST_NOATIME: 0x400, os.ST_NODIRATIME: 0x800, os.ST_RELATIME: 0x200000,
}  # fmt: skip


def enter_root(
    shown: Iterable[str],
    links: Mapping[str, str],
    hidden: Iterable[str],
    *,
    scratch: str,
    scratch_bytes: int,
    scratch_inodes: int,
    size_bytes: int,
    owner: tuple[int, int],
    processes: bool = False,
    packages: Sequence[str] = (),
) -> None:
    """Replace this process's file tree; needs CAP_SYS_ADMIN over its own mount namespace.

    Args:
        shown: absolute paths of files and folders to show read-only, outer folders first.
        links: symbolic links to make, path by target.
        hidden: folders to cover with an empty one where they exist in the new tree.
        scratch: the writable folder.
        scratch_bytes: how much it holds.
        scratch_inodes: how many files it holds.
        size_bytes: the size of the tree itself, which holds mount points only.
        owner: user and group of the scratch folder.
        processes: whether to show /proc, for a trusted process that watches the clocks of others; left out
            where the kernel refuses, as it does in containers that mask parts of their own.
        packages: a folder to show read-only at another place, and that place; empty for none.
    """
    libc.mount("none", "/", flags=libc.MS_REC | libc.MS_PRIVATE)
    with contextlib.ExitStack() as handles:
        sources = {path: _open_path(path, handles) for path in (*shown, "/dev/null")}
        if packages:
            folder, place = packages
            sources[place] = _open_path(folder, handles)
        _mount_tmpfs(_MOUNT_POINT, size_bytes, 4096, 0o755)
        for path, handle in sources.items():
            _bind(handle, _MOUNT_POINT + path)
    for link, target in links.items():
        Path(_MOUNT_POINT + link).parent.mkdir(parents=True, exist_ok=True)
        Path(_MOUNT_POINT + link).symlink_to(target)
    for folder in hidden:
        if Path(_MOUNT_POINT + folder).is_dir():
            _mount_tmpfs(_MOUNT_POINT + folder, 4096, 2, 0o555, read_only=True)
    Path(_MOUNT_POINT + scratch).mkdir(exist_ok=True)
    _mount_tmpfs(_MOUNT_POINT + scratch, scratch_bytes, scratch_inodes, 0o1777, owner=owner)
    if processes:
        Path(_MOUNT_POINT + "/proc").mkdir()
        with contextlib.suppress(OSError):
            libc.mount(
                "proc", _MOUNT_POINT + "/proc", "proc", libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC
            )
    os.chdir(_MOUNT_POINT)
    libc.pivot_root(".", ".")
    libc.umount(".", libc.MNT_DETACH)
    libc.mount(
        "none",
        "/",
        flags=libc.MS_REMOUNT
        | libc.MS_BIND
        | libc.MS_RDONLY
        | libc.MS_NOSUID
        | libc.MS_NODEV
        | libc.MS_NOEXEC,
    )
    os.chdir(scratch)


def _open_path(path: str, handles: contextlib.ExitStack) -> int:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    handles.callback(os.close, handle)
    return handle


def _mount_tmpfs(
    target: str,
    size: int,
    inodes: int,
    mode: int,
    *,
    owner: tuple[int, int] = (0, 0),
    read_only: bool = False,
) -> None:
    flags = libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC | (libc.MS_RDONLY if read_only else 0)
    who = f",uid={owner[0]},gid={owner[1]}" if any(owner) else ""
    libc.mount("tmpfs", target, "tmpfs", flags, f"size={size},nr_inodes={inodes},mode={mode:o}{who}")


def _bind(handle: int, target: str) -> None:
    """Show a file or folder read-only; a device can be written all the same, but not changed."""
    source = f"/proc/self/fd/{handle}"
    if Path(source).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch()
    libc.mount(source, target, flags=libc.MS_BIND)
    seen = os.statvfs(target).f_flag
    kept = sum(flag for locked, flag in _LOCKED.items() if seen & locked)
    nodev = 0 if target.startswith(_MOUNT_POINT + "/dev/") else libc.MS_NODEV
    flags = libc.MS_REMOUNT | libc.MS_BIND | libc.MS_RDONLY | libc.MS_NOSUID | nodev | kept
    libc.mount("none", target, flags=flags)
