"""A real Ray of three nodes on this machine, one of which takes no work: it is where the drivers are."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NODE = "import ray.scripts.scripts as s; s.main()"


@dataclass
class Nodes:
    """Nodes of one cluster, each a session of processes of its own."""

    folder: Path
    address: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, cpus: int, *, within: Sequence[str] = (), **variables: str) -> None:
        port = free_port()
        head = not self.address
        where = ["--head", f"--port={port}"] if head else [f"--address={self.address}"]
        command = [
            *within, sys.executable, "-c", NODE, "start", "--block", *where, f"--num-cpus={cpus}",
            "--node-ip-address=127.0.0.1", f"--object-store-memory={80 << 20}",
            "--disable-usage-stats", f"--node-name={name}",
        ]  # fmt: skip
        command += [f"--temp-dir={self.folder}", "--include-dashboard=false"] if head else []
        said = self.folder / f"{name}.log"
        with said.open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=os.environ | variables, start_new_session=True
            )
        if head:
            self.address = f"127.0.0.1:{port}"
        # One after the other: two that start at once on one machine take each other's names.
        while b"block forever" not in said.read_bytes():
            assert self.processes[name].poll() is None, said.read_text()
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """Take a node down as a power cut does: all of its processes at once, unasked."""
        process = self.processes.pop(name)
        for pid in self.family(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()

    @staticmethod
    def family(pid: int) -> list[int]:
        """A process and all below it."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with contextlib.suppress(OSError):
                    status = (entry / "stat").read_text().rpartition(")")[2].split()
                    children.setdefault(int(status[1]), []).append(int(entry.name))
        found = [pid]
        for each in found:
            found += children.get(each, [])
        return found

    def close(self) -> None:
        for name in list(self.processes)[::-1]:
            self.kill(name)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def nodes(ray_home: Path) -> Iterator[Nodes]:
    """A head without CPUs, and two nodes of one CPU; gone before other tests count processes."""
    cluster = Nodes(ray_home)
    try:
        for name, cpus in {"head": 0, "one": 1, "two": 1}.items():
            cluster.start(name, cpus)
        yield cluster
    finally:
        cluster.close()
