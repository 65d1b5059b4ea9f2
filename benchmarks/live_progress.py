"""How soon a browser shows that a sample has its outcome: from the write to the store to the number on the page.

    .venv/bin/python benchmarks/live_progress.py [--events 50] [--busy 0]

A run is followed in Chromium while its samples are judged; each program sleeps for a part of a second, so that outcomes
come one by one. Another process reads the store every 10 ms for the number of judged samples, and the page notes when
the number on it changes. Prints the distribution of the delay from the first to the second. `--busy N` keeps N
processes computing meanwhile.
"""

import argparse
import bisect
import multiprocessing
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.services import serving

_JUDGED = """SELECT runs.done + coalesce(jobs.ahead, 0), runs.state FROM runs LEFT JOIN jobs ON jobs.run_id = runs.id
    WHERE runs.id = ?"""
_WATCH = """() => {
    window.seen = [];
    const note = () => {
        const found = /([0-9,]+) of/.exec(document.querySelector("#live .line").textContent);
        const judged = found ? Number(found[1].replaceAll(",", "")) : 0;
        const last = window.seen.at(-1);
        if (!last || last[1] !== judged) window.seen.push([Date.now() / 1000, judged]);
    };
    new MutationObserver(note).observe(document.querySelector("#follow"), { childList: true, subtree: true });
    note();
}"""


def stored(path: str, run_id: str, samples: int, found: "multiprocessing.Queue[Any]") -> None:
    """Note when the number of judged samples in the store changes, until all are."""
    changes: list[tuple[float, int]] = []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        state = ""
        while state not in {"done", "failed"}:
            judged, state = db.execute(_JUDGED, (run_id,)).fetchone()
            judged = min(judged, samples)
            if not changes or changes[-1][1] != judged:
                changes.append((time.time(), judged))
            time.sleep(0.01)
    found.put(changes)


def busy() -> None:
    """Keep a core busy."""
    while True:
        sum(range(100_000))


def delays(changes: list[tuple[float, int]], seen: list[tuple[float, int]]) -> list[float]:
    """Return for each stored change the seconds until the page showed it, or a later one."""
    shown = [judged for _at, judged in seen]
    found = []
    for at, judged in changes[1:]:
        place = bisect.bisect_left(shown, judged)
        if place < len(seen):
            found.append(seen[place][0] - at)
    return found


def main() -> None:
    """Follow a run in a browser and print how late the page was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--busy", type=int, default=0)
    given = parser.parse_args()
    chromium = os.environ.get("PASSLAW_CHROMIUM") or shutil.which("chromium")
    rows = [
        {"task_id": "HumanEval/0", "completion": f"    import time; time.sleep(0.7)  # {number}\n"}
        for number in range(2 * given.events)
    ]
    others = [multiprocessing.Process(target=busy, daemon=True) for _ in range(given.busy)]
    for process in others:
        process.start()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passlaw.db"
        with (
            serving(path, workers=2, code_workers=0) as live,
            live.client() as http,
            sync_playwright() as play,
        ):
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{live.url}/runs")
            body = {"samples": rows, "name": "slow.jsonl", "k": "1", "ignore_incomplete": True, "timeout": 60}
            run = http.post("/v1/runs", json=body).raise_for_status().json()["id"]
            page.goto(f"{live.url}/runs/{run}")
            page.evaluate(_WATCH)
            queue: multiprocessing.Queue[Any] = multiprocessing.Queue()
            watcher = multiprocessing.Process(target=stored, args=(str(path), run, len(rows), queue))
            watcher.start()
            while page.evaluate("window.seen.at(-1)[1]") < len(
                rows
            ):  # the page's policy forbids wait_for_function
                page.wait_for_timeout(500)
            late = sorted(delays(queue.get(timeout=60), page.evaluate("window.seen")))
            watcher.join()
            browser.close()
    for process in others:
        process.terminate()
    at = {share: late[min(int(share * len(late)), len(late) - 1)] for share in (0.5, 0.9, 0.99)}
    told = "   ".join(f"{100 * share:.0f}%: {1000 * value:.0f} ms" for share, value in at.items())
    print(
        f"{len(late)} changes   mean {1000 * statistics.mean(late):.0f} ms   {told}   largest {1000 * late[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
