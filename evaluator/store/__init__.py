"""The store: one history of models, problem sets, runs, forecasts and keys, in SQLite or PostgreSQL."""

from evaluator.places import chosen, default_path
from evaluator.store.connect import Store, open_store
from evaluator.store.keys import Key, Scope
from evaluator.store.register import StoredForecast, StoreLog
from evaluator.store.runs import NewRun, Run, RunState
from evaluator.store.samples import NumberedSample, Result

__all__ = [
    "Key",
    "NewRun",
    "NumberedSample",
    "Result",
    "Run",
    "RunState",
    "Scope",
    "Store",
    "StoreLog",
    "StoredForecast",
    "chosen",
    "default_path",
    "open_store",
]
