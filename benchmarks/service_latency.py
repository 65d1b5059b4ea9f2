"""How soon the service answers: small requests over a kept connection, and while many programs wait.

    .venv/bin/python benchmarks/service_latency.py [--waiting 64] [--requests 200]

Prints the median and the largest of `/healthz` and of a run of `print(1)`, over one connection that is kept,
and of `/healthz` while `--waiting` programs that sleep wait for the only worker. `--raw` leaves the client's
own overhead out: requests are written to a socket.
"""

import argparse
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.services import Live, serving


def milliseconds(ask: Callable[[], object], times: int) -> str:
    """Median and largest time of a request."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - started))
    return f"median {statistics.median(took):7.2f} ms   largest {max(took):8.2f} ms   of {times}"


def raw(live: Live) -> Callable[[], object]:
    """Return what asks for `/healthz` over a bare socket that is kept."""
    place = urlsplit(live.url)
    assert place.hostname
    assert place.port
    kept = socket.create_connection((place.hostname, place.port))
    request = f"GET /healthz HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()

    def ask() -> None:
        kept.sendall(request)
        said = b""
        while not said.endswith(b"}"):
            said += kept.recv(65536)

    return ask


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--waiting", type=int, default=64)
    options.add_argument("--requests", type=int, default=200)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "passlaw.db"
        with serving(store, code_workers=1, code_wait_s=120, runs_at_once=0) as live, live.client() as http:
            hello = {"code": "print(1)", "language": "python"}
            print("healthz, bare socket    ", milliseconds(raw(live), given.requests))
            print("healthz, httpx          ", milliseconds(lambda: http.get("/healthz"), given.requests))
            print(
                "run_code of print(1)    ",
                milliseconds(lambda: http.post("/run_code", json=hello), given.requests),
            )
            slow = {"code": "import time; time.sleep(0.2)", "language": "python"}

            def wait() -> None:
                httpx.post(f"{live.url}/run_code", json=slow, timeout=300)

            threads = [threading.Thread(target=wait) for _ in range(given.waiting)]
            for thread in threads:
                thread.start()
            time.sleep(1.0)
            print(f"healthz, {given.waiting} wait       ", milliseconds(lambda: http.get("/healthz"), 10))
            for thread in threads:
                thread.join()


if __name__ == "__main__":
    main()
