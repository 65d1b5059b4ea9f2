"""The container engine: whether it is there, may be used, and has what is needed; each lack in a sentence."""

import os
import platform
import socket
from typing import TYPE_CHECKING, Any, Final

from sandbox.errors import IsolationError

if TYPE_CHECKING:
    import docker

__all__ = ["IMAGE", "connect", "require_image", "require_runtime"]

IMAGE: Final = "passlaw-sandbox"
_TIMEOUT_S: Final = 60
_INSTALL: Final = "install the client: pip install 'passlaw[docker]'"
_START: Final = (
    "start it (systemctl start docker, or dockerd by hand) or install one (apt-get install docker.io); "
    "another place for its socket can be named with DOCKER_HOST"
)


def connect() -> "docker.DockerClient":
    """Return a client of the engine that the environment names, after one word with it.

    Raises:
        IsolationError: the SDK is not installed, no engine answers, or this user may not use its socket.
    """
    try:
        import docker  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise IsolationError(f"docker SDK: not installed; {_INSTALL}") from None
    place = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if place.startswith("unix://"):
        _try_socket(place.removeprefix("unix://"))
    client = None
    try:
        client = docker.from_env(timeout=_TIMEOUT_S)
        client.ping()
    except (docker.errors.DockerException, OSError) as error:
        if client is not None:
            client.close()
        raise IsolationError(f"engine: nothing answers at {place} ({error}); {_START}") from None
    return client


def _try_socket(path: str) -> None:
    """Tell a missing engine from one that this user may not use; the SDK has the same words for both."""
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(path)
        except PermissionError:
            raise IsolationError(
                f"engine: no permission to use {path}; join its group (usermod -aG docker $USER, then log in "
                "again), which makes you as mighty as root, or run a rootless engine"
            ) from None
        except OSError as error:
            raise IsolationError(
                f"engine: nothing answers at unix://{path} ({error.strerror}); {_START}"
            ) from None


def require_image(client: "docker.DockerClient", image: str) -> "Any":  # noqa: ANN401 - the SDK's own class
    """Return the image.

    Raises:
        IsolationError: it is not there; the message says how to build it.
    """
    import docker  # noqa: PLC0415 - as above

    try:
        return client.images.get(image)
    except docker.errors.ImageNotFound:
        raise IsolationError(
            f"image: the engine has no image {image!r}; build it at the top of the source tree: "
            f"docker build --target sandbox -t {image} . (with --build-arg BASE=IMAGE for another base)"
        ) from None
    except docker.errors.APIError as error:
        raise IsolationError(f"image: {error.explanation or error}") from None


def require_runtime(client: "docker.DockerClient", runtime: str) -> None:
    """Make sure that the engine knows a runtime.

    Raises:
        IsolationError: it does not; the message says how to register it.
    """
    info = client.info()
    if runtime not in info.get("Runtimes", {}):
        raise IsolationError(
            f"runtime: the engine has no runtime {runtime!r}; install gVisor (apt-get install runsc), add "
            '{"runtimes": {"runsc": {"path": "/usr/bin/runsc", "runtimeArgs": ["--network=none"]}}} to '
            "/etc/docker/daemon.json and start the engine again"
        )
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(info["Architecture"], info["Architecture"])
    if machine != platform.machine():
        raise IsolationError(f"engine: it runs {machine}, but this machine is {platform.machine()}")
