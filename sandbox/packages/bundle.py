"""A bundle of packages: what is in it, where it lies, and whether it is still what was built.

A bundle is a folder: `site/` holds the contents of wheels, `bundle.json` says which wheels they were, with
the hash of each, for which interpreter, and the hash of all files together.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from sandbox.errors import PackagesError
from sandbox.jail.interpreter import Interpreter

__all__ = ["FORMAT", "Package", "PackageBundle", "content_sha256", "identity_sha256"]

FORMAT: Final = "passlaw packages 1"
_CHUNK: Final = 1 << 20
_MOST_BYTES: Final = 16 << 20  # of bundle.json


class Package(NamedTuple):
    """One package of a bundle: its name and version, the wheel's file name and its SHA-256."""

    name: str
    version: str
    wheel: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PackageBundle:
    """A bundle of packages.

    Attributes:
        name: as `--packages` takes it.
        folder: where it lies.
        sha256: of the wheels' hashes; the same on every machine that built from the same wheels.
        content_sha256: of every file, compiled ones included, as built here.
        python: version of the interpreter that it was built for, such as 3.11.7.
        platform: that interpreter's tag, such as `cpython-311-linux-x86_64`.
        packages: what is in it, by name.
        libraries: names of the shared libraries that its modules expect of the machine.
        bytes: size of all files.
        created: the day, as ISO 8601.
    """

    name: str
    folder: Path
    sha256: str
    content_sha256: str
    python: str
    platform: str
    packages: tuple[Package, ...]
    libraries: tuple[str, ...]
    bytes: int
    created: str

    @property
    def site(self) -> Path:
        """Return the folder that is added to the module search path."""
        return self.folder / "site"

    def described(self) -> dict[str, object]:
        """Return what a run's record says of it, ready for JSON."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "content_sha256": self.content_sha256,
            "packages": [f"{each.name}=={each.version}" for each in self.packages],
        }

    def as_dict(self) -> dict[str, object]:
        """Return all of it as plain values, ready for JSON."""
        plain = asdict(self) | {"folder": str(self.folder)}
        return plain | {"packages": [each._asdict() for each in self.packages]}

    def require_fit(self, interpreter: Interpreter) -> None:
        """Make sure that it was built for an interpreter.

        Raises:
            PackagesError: it was built for another Python or platform.
        """
        if not self.platform or self.platform != interpreter.platform:
            raise PackagesError(
                f"packages {self.name!r} were built for Python {self.python} ({self.platform}), and programs "
                f"run on Python {interpreter.version} ({interpreter.platform}); build them again here"
            )

    def require_unchanged(self) -> None:
        """Read every file and compare with what was built.

        Raises:
            PackagesError: a file was changed, added or removed, or cannot be read.
        """
        found, _size = content_sha256(self.site, self.name)
        if found != self.content_sha256:
            raise PackagesError(
                f"packages {self.name!r}: the files in {self.folder} are not those that were built; remove "
                f"the bundle (passlaw packages remove {self.name}) and build it again"
            )

    @classmethod
    def read(cls, folder: Path) -> "PackageBundle":
        """Return the bundle that lies in a folder; its files are not looked at.

        Raises:
            PackagesError: what `bundle.json` says cannot be read, or contradicts itself.
        """
        try:
            with (folder / "bundle.json").open("rb") as file:
                plain = json.loads(file.read(_MOST_BYTES))
            found = cls._of(folder, plain)
        except (OSError, ValueError, TypeError, LookupError, RecursionError) as bad:
            raise PackagesError(
                f"packages {folder.name!r}: bundle.json cannot be read ({bad}); remove the bundle and build "
                "it again"
            ) from None
        if found.sha256 != identity_sha256(found.packages, found.platform):
            raise PackagesError(
                f"packages {folder.name!r}: bundle.json lists other wheels than its hash stands for; remove "
                "the bundle and build it again"
            )
        return found

    @classmethod
    def _of(cls, folder: Path, plain: Any) -> "PackageBundle":  # noqa: ANN401 - whatever the file holds
        if plain["format"] != FORMAT:
            raise ValueError(f"its format is {plain['format']!r:.60}, not {FORMAT!r}")
        return cls(
            name=folder.name,
            folder=folder,
            sha256=str(plain["sha256"]),
            content_sha256=str(plain["content_sha256"]),
            python=str(plain["python"]),
            platform=str(plain["platform"]),
            packages=tuple(
                Package(*(str(each[field]) for field in Package._fields)) for each in plain["packages"]
            ),
            libraries=tuple(map(str, plain["libraries"])),
            bytes=int(plain["bytes"]),
            created=str(plain["created"]),
        )


def identity_sha256(packages: tuple[Package, ...], platform: str) -> str:
    """Return the hash that names a bundle: of its wheels' names and hashes, and of the platform."""
    lines = [platform, *sorted(f"{each.wheel} {each.sha256}" for each in packages)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def content_sha256(site: Path, name: str) -> tuple[str, int]:
    """Return the hash of a folder's files with their paths, and their size in bytes.

    Raises:
        PackagesError: there is something that is neither a file nor a folder, or it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        for path in map(Path, _files(site)):
            hashed, length = _hashed(path)
            digest.update(
                f"{os.path.relpath(path, site)}\0{length}\0{hashed}\n".encode("utf-8", "surrogateescape")
            )
            size += length
    except OSError as error:
        raise PackagesError(
            f"packages {name!r}: {error.strerror}: {error.filename}; build them again"
        ) from None
    return digest.hexdigest(), size


def _files(folder: Path) -> Iterator[str]:
    """Yield the files below a folder, in an order that rests on names alone."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield entry.path
        else:
            raise OSError(0, "neither a file nor a folder", entry.path)


def _hashed(path: Path) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(_CHUNK):
            digest.update(data)
            length += len(data)
    return digest.hexdigest(), length
