"""Connect to a Ray cluster: check the address first, and turn Ray's errors into one sentence."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any, Final

import ray
from ray._private import worker as ray_worker
from ray.exceptions import RayError

from evaluator.errors import UsageError

__all__ = ["connected"]

_ANSWER_S: Final = 5.0
_HTTP_2: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(
    [0, 0, 0, 4, 0, 0, 0, 0, 0]
)  # and no settings of ours
_LOCAL_STORE_BYTES: Final = 256 << 20


@contextlib.contextmanager
def connected(given: str | None, cpus: int) -> Iterator[None]:
    """Be a driver of the cluster at an address; leave it, and end one of our own, at the end.

    A process that is a driver already stays the one it is.

    Args:
        given: see `Where.ray_address`.
        cpus: what a cluster of our own has.

    Raises:
        UsageError: there is no cluster, or it does not take us.
    """
    if ray.is_initialized():
        yield
        return
    address = given or os.environ.get("RAY_ADDRESS") or "local"
    _look_at(address)
    with _own_signals():
        _connect(address, cpus)
    # Ray prints what befalls nodes to stdout, whatever it is told of logs; stdout is for results.
    ray_worker._worker_logs_enabled = False  # noqa: SLF001 - as Ray's own debugger does
    try:
        yield
    finally:
        with _own_signals():
            ray.shutdown()
        ray_worker._worker_logs_enabled = True  # noqa: SLF001 - for a later driver in this process


def _look_at(address: str) -> None:
    """Raise if no head answers at the address; Ray itself would retry without end."""
    if address in {"local", "auto"}:
        return
    if "://" in address:
        raise UsageError(
            f"{address!r:.200}: passlaw drives a cluster from one of its nodes, not by Ray's client; run it "
            "on a node with the address 'auto', or use a service there",
            option="ray_address",
        )
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) < 1 << 16):
        raise UsageError(f"{address!r:.200} is not HOST:PORT, 'auto' or 'local'", option="ray_address")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S) as head:
            head.sendall(_HTTP_2)
            answer = head.recv(9)
    except OSError as error:
        raise _no_nodes_error(address, error.strerror or str(error)) from None
    # A head speaks gRPC, which begins with a frame of settings; one with TLS is left to Ray.
    if answer[3:4] != b"\x04" and os.environ.get("RAY_USE_TLS", "0") == "0":
        raise _no_nodes_error(address, "what answers there is no Ray head")


def _connect(address: str, cpus: int) -> None:
    options: dict[str, Any] = {}
    if address == "local":
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing of ours calls anywhere
        options = {
            "num_cpus": cpus,
            "include_dashboard": False,
            "object_store_memory": _LOCAL_STORE_BYTES,
        }
    try:
        ray.init(
            address=address,
            namespace=f"passlaw-{secrets.token_hex(8)}",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **options,
        )
    except ConnectionError as error:
        if _for_want_of_a_token(error):
            raise UsageError(
                f"the Ray cluster at {address} wants a token; set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH"
            ) from None
        raise _no_nodes_error(address, str(error)) from None
    except (RuntimeError, RayError, ValueError) as error:
        said = " ".join(str(error).split())
        raise UsageError(f"the Ray cluster at {address} does not take this process: {said:.500}") from None


def _for_want_of_a_token(error: BaseException | None) -> bool:
    """Return whether a missing token caused the error; Ray keeps the inner cause as text."""
    while error is not None and "InvalidAuthToken" not in str(error):
        error = error.__cause__ or error.__context__
    return error is not None


def _no_nodes_error(address: str, why: str) -> UsageError:
    return UsageError(
        f"no Ray cluster at {address} ({' '.join(why.split()):.200}); start one with 'ray start --head', or "
        "give no address for this machine alone"
    )


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Restore this process's SIGTERM handler, which Ray replaces."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
