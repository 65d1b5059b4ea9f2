"""The socket that the service listens on."""

import os
import socket

from evaluator.errors import UsageError

__all__ = ["listen"]


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose connections send small answers at once.

    asyncio turns Nagle's algorithm off only for sockets whose protocol is named, which that of an accepted
    connection is not; with the algorithm on, each answer of a kept connection waits for the client's delayed
    acknowledgement, 40 ms. On Linux accepted connections inherit the option.

    Raises:
        UsageError: the address or port cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=512)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as bad:
        reason = os.strerror(bad.errno) if bad.errno and bad.errno > 0 else bad.strerror
        raise UsageError(f"cannot listen on {host} port {port} ({reason}); choose another port") from bad
    return listening
