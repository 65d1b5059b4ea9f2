"""A PostgreSQL server of the tests' own: a cluster in a temporary folder on a free port of this machine."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

__all__ = ["Cluster", "running_cluster"]

_PLACE = tempfile.gettempdir()  # as it is before any test has a folder of its own


class Cluster:
    """A running server; give each test a database of its own."""

    def __init__(self, port: int) -> None:
        self._server = f"postgresql://postgres@127.0.0.1:{port}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, dropped afterwards."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{self._server}/{name}"
        finally:
            with psycopg.connect(f"{self._server}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Make a cluster, run it, stop it and remove it."""
    # Not in pytest's folder, which every other session shuts to the server's user.
    with tempfile.TemporaryDirectory(prefix="passlaw-postgresql-", dir=_PLACE) as folder:
        Path(folder).chmod(0o711)
        yield from _running(Path(folder) / "data")


def _running(data: Path) -> Iterator[Cluster]:
    binaries, port = _binaries(), _free_port()
    data.mkdir()
    user: dict[str, str] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        user = {"user": "postgres", "group": "postgres"}
        shutil.chown(data, **user)
    _run(
        user,
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-N",
        "-E",
        "UTF8",
        "--locale=C",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off"
    _run(user, binaries / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-o", options, "start")
    try:
        yield Cluster(port)
    finally:
        _run(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(user: dict[str, str], *command: object) -> None:
    # The server inherits pg_ctl's output, so that is a file: a pipe would never end.
    words = [str(word) for word in command]
    groups = {"extra_groups": []} if user else {}
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            words, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, **user, **groups
        )  # type: ignore[call-overload]
        said.seek(0)
        assert done.returncode == 0, f"{words[0]}: {said.read().decode()}"


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    there = found[-1].parent if found else Path(shutil.which("initdb") or "").parent
    assert (there / "pg_ctl").is_file(), "the store's tests need PostgreSQL: apt-get install postgresql"
    return there


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
