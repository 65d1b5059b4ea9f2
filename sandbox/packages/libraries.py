"""Which shared libraries of the machine compiled modules need, read off the files themselves.

Nothing of a bundle is loaded to find out: an ELF file lists the names that it wants linked (ELF-64 object
file format, version 1.5, section 8).
"""

import mmap
import os
import struct
import sysconfig
from collections.abc import Iterable
from pathlib import Path

__all__ = ["find_libraries", "libraries_needed", "names_wanted"]

_LOAD, _DYNAMIC = 1, 2  # kinds of program header
_NEEDED, _STRINGS = 1, 5  # tags of the dynamic section


def names_wanted(path: Path) -> set[str]:
    """Return the names that an ELF file wants linked; none for any other file."""
    if path.stat().st_size < 64:
        return set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:6] != b"\x7fELF\x02\x01":  # 64 bits, little-endian
            return set()
        try:
            return _wanted(data)
        except (struct.error, ValueError):
            return set()


def _wanted(data: mmap.mmap) -> set[str]:
    (headers,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, headers + size * n) for n in range(count)]
    dynamic = next((each for each in segments if each[0] == _DYNAMIC), None)
    if dynamic is None:
        return set()
    offset, length = dynamic[2], dynamic[5]
    entries = [struct.unpack_from("<QQ", data, offset + at) for at in range(0, length, 16)]
    (address,) = (value for tag, value in entries if tag == _STRINGS)
    strings = next(
        address - virtual + start
        for kind, _flags, start, virtual, _physical, held in segments
        if kind == _LOAD and virtual <= address < virtual + held
    )
    return {_text(data, strings + value) for tag, value in entries if tag == _NEEDED}


def _text(data: mmap.mmap, at: int) -> str:
    return data[at : data.find(b"\0", at)].decode("ascii", "replace")


def libraries_needed(site: Path) -> tuple[str, ...]:
    """Return the names that the compiled modules of a bundle want and do not bring along."""
    wanted: set[str] = set()
    brought: set[str] = set()
    for folder, _folders, files in os.walk(site):
        for name in files:
            if ".so" in name:
                brought.add(name)
                wanted |= names_wanted(Path(folder, name))
    return tuple(sorted(wanted - brought))


def find_libraries(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the files by which this machine's linker finds libraries, and what these need, without links.

    Args:
        names: what is wanted; names that this machine does not have are left out.
        known: files that are there anyway, whose folders are looked into, too.
    """
    folders = dict.fromkeys([*_folders(), *(str(Path(path).parent) for path in known)])
    found: dict[str, None] = {}
    waiting = list(names)
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        path = next((f"{folder}/{name}" for folder in folders if Path(folder, name).is_file()), None)
        if path is None:
            continue
        found[os.path.realpath(path)] = None
        more = names_wanted(Path(path)) - seen
        seen |= more
        waiting += more
    return [path for path in found if path not in set(known)]


def _folders() -> list[str]:
    """Return the folders that the linker looks into by itself."""
    triplet = sysconfig.get_config_var("MULTIARCH") or ""
    inner = [f"/{triplet}"] if triplet else []
    return [
        f"{outer}{each}" for outer in ("/lib", "/usr/lib", "/lib64", "/usr/lib64") for each in (*inner, "")
    ]
