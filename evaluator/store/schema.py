"""The tables. A SQLite file of them opens with any tool; times are UTC seconds since 1970.

    models ◀─ runs ─▶ problem_sets ◀─ problems        forecasts      registrations (append-only)
               ▲ ▲                                    api_keys       jobs, turns (whose run is next)
         samples tallies
             ▲
         outcomes

The outcomes of a run are always those of its first `runs.done` samples: that number moves in the same
transaction as they are written, so work that was cut off goes on where it stood.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from evaluator.store.column_types import CompressedText, EscapedText, Json

__all__ = [
    "API_KEYS",
    "FORECASTS",
    "JOBS",
    "METADATA",
    "MODELS",
    "OUTCOMES",
    "PROBLEMS",
    "PROBLEM_SETS",
    "REGISTRATIONS",
    "RUNS",
    "SAMPLES",
    "TALLIES",
    "TURNS",
]

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MODELS: Final = Table(
    "models",
    METADATA,
    Column("name", String(200), primary_key=True),
    Column("params", Double),
    Column("tokens", Double),
    Column("flops", Double),
    Column("flops_derived", Boolean, nullable=False),
    Column("family", String(200)),
)

PROBLEM_SETS: Final = Table(
    "problem_sets",
    METADATA,
    Column(
        "id", String(80), primary_key=True
    ),  # the content's SHA-256, `-base` after it for base tests alone
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("base_only", Boolean, nullable=False),
    Column("source", EscapedText, nullable=False),
    Column("size", Integer, nullable=False),
    Column("timeout_s", Double, nullable=False),
    Column("created", Double, nullable=False),
)

PROBLEMS: Final = Table(
    "problems",
    METADATA,
    Column("set_id", ForeignKey("problem_sets.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("task_id", EscapedText, nullable=False),
    Column("row", CompressedText, nullable=False),  # as it stood in the set's file, JSON
)

RUNS: Final = Table(
    "runs",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("state", String(20), nullable=False),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("model", ForeignKey("models.name")),
    Column("problem_set", ForeignKey("problem_sets.id"), nullable=False),
    Column("settings", Json, nullable=False),
    Column("seed", Text, nullable=False),  # 64 bits without a sign: more than an integer column holds
    Column("samples_name", EscapedText, nullable=False),
    Column("samples_format", String(20), nullable=False),
    Column("samples_sha256", String(64), nullable=False),
    Column("samples", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("sandbox", Json),
    Column("versions", Json, nullable=False),
    Column("machine", Json),
    Column("audit", Json),  # of verified programs, so far
    Column("error", EscapedText),
    Column("uploader", String(200)),  # the process that adds the samples
    Column("idempotency_key", String(200)),
    Column("request_sha256", String(64)),
    UniqueConstraint("owner", "idempotency_key"),
    Index("ix_runs_state_created", "state", "created"),
    Index("ix_runs_model", "model"),
)

SAMPLES: Final = Table(
    "samples",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("task_id", EscapedText, nullable=False),
    Column("completion_id", Integer, nullable=False),  # from 0 among those of its problem
    Column("whole", Boolean, nullable=False),
    Column("text", CompressedText, nullable=False),
    Column("row", CompressedText, nullable=False),  # the input row without the text, JSON
    Column("place", EscapedText, nullable=False),
    Column("same_as", Integer),  # the number of an earlier sample with the same program
    Index("ix_samples_run_id_task_id_completion_id", "run_id", "task_id", "completion_id"),
)

OUTCOMES: Final = Table(
    "outcomes",
    METADATA,
    Column("run_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("verdict", String(30), nullable=False),
    Column("base_passed", Boolean),
    Column("detail", EscapedText, nullable=False),
    Column("message", EscapedText, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("cpu_s", Double, nullable=False),
    Column("wall_s", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("execution", String(20), nullable=False),
    Column("fraction", Double),  # null where tests are not told apart
    Column("reused", Boolean, nullable=False),
    Column("flags", Json, nullable=False),
    ForeignKeyConstraint(["run_id", "number"], ["samples.run_id", "samples.number"], ondelete="CASCADE"),
)

TALLIES: Final = Table(
    "tallies",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("task_id", EscapedText, primary_key=True),
    Column("verdict", String(30), primary_key=True),
    Column("samples", Integer, nullable=False),
    Column("base_passed", Integer, nullable=False),
    Column("base_open", Integer, nullable=False),  # where it is not known whether the base tests passed
    Column("reused", Integer, nullable=False),
    Column("shared", Integer, nullable=False),  # not reused, and judged in the shared process
    Column("cpu_s", Double, nullable=False),
)

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("queued", Double, nullable=False),
    Column("worker", String(200)),
    Column("lease_until", Double, nullable=False),  # 0 when nobody works on it
    Column("failures", Integer, nullable=False),
    Column("ahead", Integer, nullable=False, server_default="0"),  # verdicts that wait for an earlier one
)

TURNS: Final = Table(
    "turns",
    METADATA,
    Column("owner", String(80), primary_key=True),
    Column("last", BigInteger, nullable=False),  # turns are numbered; whose last is lowest is next
)

FORECASTS: Final = Table(
    "forecasts",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("created", Double, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("method", String(60), nullable=False),
    Column("target", EscapedText),
    Column("target_flops", Double),  # null of a training run and of samples, which have none
    Column("answer", CompressedText, nullable=False),  # JSON, as `passlaw forecast --json` prints it
    Column("table", CompressedText, nullable=False),  # the rows it was made from, JSON
    Column("figures", CompressedText),  # JSON, as its page draws them; null until they are drawn
)

REGISTRATIONS: Final = Table(
    "registrations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
)

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("id", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("created", Double, nullable=False),
    Column("revoked", Double),
)
