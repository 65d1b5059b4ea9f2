"""The folder of a user's bundles: find one by name, list them, remove one."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from sandbox.errors import PackagesError
from sandbox.packages.bundle import PackageBundle

__all__ = ["bundles_folder", "find_bundle", "list_bundles", "remove_bundle", "require_name"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def bundles_folder() -> Path:
    """Return the folder of this user's bundles: `passlaw/packages` below $XDG_DATA_HOME or ~/.local/share.

    Raises:
        PackagesError: there is no home.
    """
    home = os.environ.get("XDG_DATA_HOME")
    try:
        base = Path(home) if home else Path.home() / ".local" / "share"
    except RuntimeError:
        raise PackagesError("there is no home folder to keep packages in; set XDG_DATA_HOME") from None
    return base.absolute() / "passlaw" / "packages"


def require_name(name: str) -> None:
    """Make sure that a text can name a bundle; raises `PackagesError`."""
    if not _NAME.fullmatch(name):
        raise PackagesError(
            f"{name!r:.80} cannot name a bundle of packages: use up to 64 letters, digits, '.', '_' and '-'"
        )


def find_bundle(name: str) -> PackageBundle:
    """Return the bundle of a name; its files are not looked at.

    Raises:
        PackagesError: there is none, or it is damaged.
    """
    require_name(name)
    folder = bundles_folder() / name
    if not folder.is_dir():
        known = ", ".join(_names()[:10])
        there = f"there are {known}" if known else "there is none yet"
        raise PackagesError(
            f"there is no bundle of packages {name!r} ({there}); build it with: "
            f"passlaw packages build {name} requirements.txt"
        )
    return PackageBundle.read(folder)


def list_bundles() -> list[PackageBundle | PackagesError]:
    """Return every bundle by name; in place of a damaged one, what is wrong with it."""
    found: list[PackageBundle | PackagesError] = []
    for name in _names():
        try:
            found.append(PackageBundle.read(bundles_folder() / name))
        except PackagesError as damaged:
            found.append(damaged)
    return found


def remove_bundle(name: str) -> None:
    """Delete a bundle, damaged or not.

    Raises:
        PackagesError: there is none, or it cannot be deleted.
    """
    require_name(name)
    folder = bundles_folder() / name
    if not folder.is_dir():
        find_bundle(name)
    # Out of sight first, so that nobody meets half of it.
    doomed = folder.with_name(f".removing-{os.getpid()}-{name}")
    try:
        folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise PackagesError(
            f"packages {name!r} cannot be removed: {error.strerror}: {error.filename}"
        ) from None


def _names() -> list[str]:
    folder = bundles_folder()
    if not folder.is_dir():
        return []
    return sorted(each.name for each in folder.iterdir() if _NAME.fullmatch(each.name) and each.is_dir())
