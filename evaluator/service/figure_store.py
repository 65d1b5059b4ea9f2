"""Figures of stored forecasts: drawn once, in a process of the pool, and kept with their forecast."""

import asyncio
from typing import Final

from anyio import to_thread

from evaluator.service.forecast_figures import Figure, bare_figures, figures_of
from evaluator.service.process_pool import ProcessPool
from evaluator.store import Store
from evaluator.store.forecasts import get_figures, get_forecast, save_figures

__all__ = ["FigureStore"]

_DRAWING_S: Final = 180.0  # on a machine that is busy


class FigureStore:
    """Gives the figures of stored forecasts; whoever asks while they are drawn waits for the same drawing."""

    def __init__(self, store: Store, pool: ProcessPool) -> None:
        self._store = store
        self._pool = pool
        self._drawing: dict[str, asyncio.Task[list[dict[str, Figure]] | None]] = {}

    async def get(self, sha256: str) -> list[dict[str, Figure]] | None:
        """Return a forecast's figures, drawn now if they never were; None if there is no such forecast.

        Raises:
            HTTPProblemError: drawing takes too long.
            PredictorError: the table no longer carries the method.
        """
        if kept := await to_thread.run_sync(self._read, sha256):
            return kept
        if sha256 not in self._drawing:
            self._drawing[sha256] = asyncio.create_task(self._draw(sha256))
            self._drawing[sha256].add_done_callback(lambda _task: self._drawing.pop(sha256, None))
        return await asyncio.shield(self._drawing[sha256])

    async def _draw(self, sha256: str) -> list[dict[str, Figure]] | None:
        with self._store.read() as db:
            found = get_forecast(db, sha256)
        if found is None:
            return None
        if found.answer["kind"] not in {"capability", "loss"}:
            return bare_figures(found.answer)  # its own figures came with it
        figures = await self._pool.run(_DRAWING_S, figures_of, dict(found.answer), list(found.table))
        await to_thread.run_sync(self._save, sha256, figures)
        return figures

    def _read(self, sha256: str) -> list[dict[str, Figure]] | None:
        with self._store.read() as db:
            return get_figures(db, sha256)

    def _save(self, sha256: str, figures: list[dict[str, Figure]]) -> None:
        with self._store.write() as db:
            save_figures(db, sha256, figures)
