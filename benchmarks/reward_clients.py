"""Many clients of `/v1/rewards` at once: whether any is refused or gets a wrong reward, and how fair it is.

    .venv/bin/python benchmarks/reward_clients.py [--clients 64] [--batches 4] [--items 8] [--large 2048]

Each client has a key of its own and sends its batches one after the other; one client beside them sends one large
batch. Keys take turns, so that small batches are not behind the large one. Prints when clients were done, and Jain's
index of their speeds: 1 if all are equal, 1/n if one has everything.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluator.store import open_store
from evaluator.store.api_keys import Scope, create_key
from tests.services import serving

PROBLEM = "HumanEval/2"


def keys(store: Path, count: int) -> list[str]:
    """Create keys and return their texts."""
    with contextlib.closing(open_store(str(store))) as opened, opened.write() as db:
        return [create_key(db, f"client {number}", list(Scope))[1] for number in range(count)]


def batch(client: int, number: int, items: int) -> list[dict[str, str]]:
    """Return distinct items, of which every second one passes."""
    bodies = ("    return number % 1.0", "    return number")
    return [
        {"task_id": PROBLEM, "completion": f"{bodies[place % 2]}  # {client} {number} {place}\n"}
        for place in range(items)
    ]


def measure(clients: int, batches: int, items: int, large: int) -> None:
    """Run all clients at once and print what came of them."""
    done: dict[int, float] = {}
    faults: list[str] = []
    barrier = threading.Barrier(clients + 1)

    def send(url: str, key: str, client: int, sizes: list[int]) -> None:
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=1200) as http:
            barrier.wait()
            started = time.monotonic()
            for number, size in enumerate(sizes):
                body = {"problems": "humaneval", "items": batch(client, number, size)}
                answer = http.post("/v1/rewards", json=body)
                if answer.status_code != 200:
                    faults.append(f"client {client}: {answer.status_code} {answer.text[:200]}")
                elif [each["reward"] for each in answer.json()["rewards"]] != [1.0, 0.0] * (size // 2):
                    faults.append(f"client {client}: wrong rewards")
            done[client] = time.monotonic() - started

    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "s.db"
        texts = keys(store, clients + 1)
        with serving(store, runs_at_once=0, reward_wait_s=1200) as live:
            threads = [
                threading.Thread(target=send, args=(live.url, key, client, sizes))
                for client, (key, sizes) in enumerate(
                    zip(texts, [*[[items] * batches] * clients, [large]], strict=True)
                )
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    small = sorted(done[client] for client in range(clients) if client in done)
    speeds = [1 / each for each in small]
    index = sum(speeds) ** 2 / (len(speeds) * sum(each * each for each in speeds))
    print(
        f"{clients} clients, {batches} batches of {items} each: {len(faults)} errors", *faults[:5], sep="\n  "
    )
    print(
        f"done after {small[0]:.1f} to {small[-1]:.1f} s, median {statistics.median(small):.1f}; index {index:.3f}"
    )
    print(f"the client with one batch of {large}: done after {done.get(clients, float('nan')):.1f} s")
    if faults:
        raise SystemExit(1)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--clients", type=int, default=64)
    options.add_argument("--batches", type=int, default=4)
    options.add_argument("--items", type=int, default=8, help="of a batch; an even number")
    options.add_argument("--large", type=int, default=2048, help="items of the large batch; an even number")
    given = options.parse_args()
    measure(given.clients, given.batches, given.items, given.large)


if __name__ == "__main__":
    main()
