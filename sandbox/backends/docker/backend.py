"""Programs enclosed by a container engine: one long-lived hardened container for each worker.

The container's first process is the zygote itself, not an init of the engine's: the kernel lets nobody
inside a process namespace kill its first process, and hands that process every orphan to reap, which is all
that an init would be there for.

With the engine's own runtime the zygote connects to a socket in a folder of the host's, and the judge passes
channels over it as it does in namespaces. gVisor lets no socket of the host in: there the container's
standard streams carry everything, through a relay at either end.
"""

import contextlib
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sandbox.backends.docker.bootstrap import SOCKET_BOOTSTRAP, STDIO_BOOTSTRAP
from sandbox.backends.docker.client import IMAGE, connect, require_image, require_runtime
from sandbox.backends.docker.container import ContainerSpec
from sandbox.backends.guest_bundle import UNTRUSTED
from sandbox.backends.launch import GuestLaunch, WorkerLossCause
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import IsolationError, WorkerLostError
from sandbox.jail.probe import namespaces_work

__all__ = ["DockerBackend"]

_RUNTIMES: Final = {"docker": "runc", "gvisor": "runsc"}
_FOLDER: Final = "/run/passlaw"
_ENGINE_BACK_S: Final = 30.0
_CONFLICT: Final = 409  # the engine's word for what is being removed already
_ACCOUNT_S: Final = 3.0  # for the engine to notice that a container has ended
# Handed over as text, in the order in which they are executed there.
_MODULES: Final = (
    *UNTRUSTED,
    "wire.relay_frames",
    "guest.relay_socket",
    "jail.libc",
    "errors",
    "jail.syscalls",
    "jail.landlock",
    "guest.container_entry",
)  # fmt: skip


class DockerBackend:
    """Zygotes in containers; each worker's judge stays outside, in the worker.

    Args:
        settings: what workers are started with.
        isolation: `docker` for the engine's own runtime, `gvisor` for runsc.
        image: what containers are made of; empty for the usual one.

    Raises:
        IsolationError: engine, image or runtime are missing or may not be used, or packages were asked for.
    """

    name = "docker"

    def __init__(self, settings: WorkerSettings, isolation: str, image: str = "") -> None:
        if settings.packages:
            raise IsolationError(
                "a container has its own Python and takes no bundle of packages; use namespaces or landlock "
                "with a bundle, or leave the bundle out"
            )
        self.isolation = isolation
        self._settings = settings
        # Only the programs are in the container; the judge gets the best there is on this side.
        self._enclosure = "namespaces" if namespaces_work() else "plain"
        self._client = connect()
        try:
            require_runtime(self._client, _RUNTIMES[isolation])
            require_image(self._client, image or IMAGE)
            engine = self._client.info()
        except BaseException:
            self._client.close()
            raise
        self._recipe = ContainerSpec(
            settings=settings,
            image=image or IMAGE,
            runtime=_RUNTIMES[isolation],
            processors=int(engine["NCPU"]),
            cgroup_version=int(engine.get("CgroupVersion", 1)),
        )

    @contextlib.contextmanager
    def launch(self) -> Iterator[GuestLaunch]:
        """Start a container; it is removed again if no worker comes of it."""
        start = self._start_relayed if self.isolation == "gvisor" else self._start_calling
        try:
            with start() as launch:
                yield launch
        finally:
            self._client.close()  # idle connections; the next word with the engine makes new ones

    def close(self) -> None:
        """Close the connection to the engine."""
        self._client.close()

    @contextlib.contextmanager
    def _start_calling(self) -> Iterator[GuestLaunch]:
        folder = Path(tempfile.mkdtemp(prefix="passlaw-"))  # only its owner may pass
        with self._undoing(folder) as undo, _listener(folder / "in" / "control") as listener:
            binds = {str(folder / "in"): _FOLDER}
            arguments = self._recipe.arguments(self._client, [SOCKET_BOOTSTRAP, f"{_FOLDER}/control"], binds)
            undo.container = self._made(arguments)
            self._run(undo.container)
            yield self._launch(
                undo, listener.fileno(), {"zygote": "contained", "listener": listener.fileno()}
            )

    @contextlib.contextmanager
    def _start_relayed(self) -> Iterator[GuestLaunch]:
        folder = Path(tempfile.mkdtemp(prefix="passlaw-"))
        with self._undoing(folder) as undo:
            nothing = folder / "nothing"
            nothing.touch(mode=0)
            undo.container = self._made(
                self._recipe.arguments(self._client, [STDIO_BOOTSTRAP], {}, covered_by=str(nothing))
            )
            with self._attached(undo.container) as stream:
                self._run(undo.container)
                yield self._launch(undo, stream, {"zygote": "relayed", "stream": stream})

    @contextlib.contextmanager
    def _attached(self, container: str) -> Iterator[int]:
        """Attach to a container's standard streams; the descriptor is closed at the end."""
        wanted = {"stdin": 1, "stdout": 1, "stderr": 0, "stream": 1}
        attached = self._asked(lambda: self._client.api.attach_socket(container, params=wanted))
        try:
            yield attached.fileno()
        finally:
            # The SDK's object keeps the connection, and the connection its socket.
            attached._sock.close()  # noqa: SLF001
            attached.close()

    def _launch(self, undo: "_Undo", descriptor: int, way_in: dict[str, Any]) -> GuestLaunch:
        bundle = self._settings.bundle(*_MODULES, protect_pid_1=self.isolation == "gvisor")
        return GuestLaunch(
            message={"cgroup": [], "enclosure": self._enclosure, "bundle": bundle, **way_in},
            end=undo,
            descriptors=(descriptor,),
            facts={"control_groups": self._recipe.cgroup_version},
            refusal=f"{self._recipe.image} does not start under {self._recipe.runtime}",
            cause_of_loss=undo.cause_of_loss,
        )

    def _made(self, arguments: dict[str, Any]) -> str:
        return str(self._asked(lambda: self._client.api.create_container(**arguments))["Id"])

    def _run(self, container: str) -> None:
        self._asked(lambda: self._client.api.start(container))

    def _asked(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the engine answers
        """Ask the engine for something; waits for one that is being restarted."""
        import docker  # noqa: PLC0415 - `connect` has made sure of it

        deadline = time.monotonic() + _ENGINE_BACK_S
        while True:
            try:
                return ask()
            except docker.errors.APIError as error:
                raise IsolationError(f"container: {error.explanation or error}") from None
            except (docker.errors.DockerException, OSError) as error:
                if time.monotonic() > deadline:
                    raise WorkerLostError(f"the container engine is gone: {error}") from None
                time.sleep(0.5)

    @contextlib.contextmanager
    def _undoing(self, folder: Path | None) -> "Iterator[_Undo]":
        undo = _Undo(self._client, folder)
        try:
            yield undo
        except BaseException:
            undo()
            raise


class _Undo:
    """Ends a container and removes its folder, whatever has become of them."""

    def __init__(self, client: Any, folder: Path | None) -> None:  # noqa: ANN401 - the SDK is imported late
        self._client = client
        self._folder = folder
        self._made = int(time.time()) - 1
        self.container = ""

    def cause_of_loss(self) -> WorkerLossCause:
        """Ask the engine why the container has ended, if it has."""
        import docker  # noqa: PLC0415 - as above

        wanted = {"container": [self.container], "event": ["oom", "kill", "die"]}
        deadline = time.monotonic() + _ACCOUNT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(docker.errors.DockerException, OSError):
                told = list(
                    self._client.api.events(
                        since=self._made, until=f"{time.time():.6f}", filters=wanted, decode=True
                    )
                )
                died = [each for each in told if each["Action"] == "die"]
                if died:
                    return _cause({each["Action"] for each in told}, died[0])
            time.sleep(0.1)
        return WorkerLossCause.UNKNOWN

    def __call__(self) -> None:
        import docker  # noqa: PLC0415 - as above

        if self.container:
            with contextlib.suppress(docker.errors.DockerException, OSError):
                self._removed()
            self._client.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _removed(self) -> None:
        """Remove the container, or wait until the engine has: it removes by itself one that has ended."""
        import docker  # noqa: PLC0415 - as above

        try:
            self._client.api.remove_container(self.container, force=True)
        except docker.errors.APIError as error:
            if error.status_code != _CONFLICT:
                raise
            self._client.api.wait(self.container, timeout=_ENGINE_BACK_S, condition="removed")


def _cause(actions: set[str], death: dict[str, Any]) -> WorkerLossCause:
    """Read the engine's account of a container's end; on a busy machine it can miss that memory ran out."""
    if "oom" in actions:
        return WorkerLossCause.MEMORY
    killed = death["Actor"]["Attributes"].get("exitCode") == "137" and "kill" not in actions
    return WorkerLossCause.KILLED if killed else WorkerLossCause.UNKNOWN


def _listener(path: Path) -> socket.socket:
    """Return a socket that waits at a path, for any user to whom the folder is shown."""
    path.parent.mkdir(mode=0o755)
    path.parent.chmod(0o755)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen(1)
    return listener
