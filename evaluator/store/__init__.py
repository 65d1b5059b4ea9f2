"""The store: one history of models, problem sets, runs, forecasts and keys, in SQLite or PostgreSQL."""

from evaluator.store.api_keys import Key, Scope
from evaluator.store.connection import Store, open_store
from evaluator.store.forecasts import StoredForecast
from evaluator.store.prediction_log import StoreLog
from evaluator.store.runs import NewRun, Run, RunState
from evaluator.store.samples import NumberedSample, Result
from evaluator.store_location import default_path, resolve_store_url

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
    "default_path",
    "open_store",
    "resolve_store_url",
]
