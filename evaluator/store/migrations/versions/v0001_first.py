"""The first schema."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, and the guards of the register."""
    op.create_table(
        "models",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("params", sa.Double()),
        sa.Column("tokens", sa.Double()),
        sa.Column("flops", sa.Double()),
        sa.Column("flops_derived", sa.Boolean(), nullable=False),
        sa.Column("family", sa.String(200)),
        sa.PrimaryKeyConstraint("name", name="pk_models"),
    )
    op.create_table(
        "problem_sets",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("base_only", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("timeout_s", sa.Double(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_problem_sets"),
    )
    op.create_table(
        "problems",
        sa.Column("set_id", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["problem_sets.id"], name="fk_problems_set_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("set_id", "number", name="pk_problems"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("started", sa.Double()),
        sa.Column("finished", sa.Double()),
        sa.Column("model", sa.String(200)),
        sa.Column("problem_set", sa.String(80), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("samples_name", sa.Text(), nullable=False),
        sa.Column("samples_format", sa.String(20), nullable=False),
        sa.Column("samples_sha256", sa.String(64), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("sandbox", sa.Text()),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text()),
        sa.Column("audit", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("uploader", sa.String(200)),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("request_sha256", sa.String(64)),
        sa.UniqueConstraint("owner", "idempotency_key", name="uq_runs_owner_idempotency_key"),
        sa.ForeignKeyConstraint(["model"], ["models.name"], name="fk_runs_model"),
        sa.ForeignKeyConstraint(["problem_set"], ["problem_sets.id"], name="fk_runs_problem_set"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "samples",
        sa.Column("run_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("same_as", sa.Integer()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_samples_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_samples"),
    )
    op.create_table(
        "outcomes",
        sa.Column("run_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("base_passed", sa.Boolean()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("cpu_s", sa.Double(), nullable=False),
        sa.Column("wall_s", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("reused", sa.Boolean(), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "number"],
            ["samples.run_id", "samples.number"],
            name="fk_outcomes_run_id_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_outcomes"),
    )
    op.create_table(
        "tallies",
        sa.Column("run_id", sa.String(40), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("base_passed", sa.Integer(), nullable=False),
        sa.Column("base_open", sa.Integer(), nullable=False),
        sa.Column("reused", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("cpu_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_tallies_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "task_id", "verdict", name="pk_tallies"),
    )
    op.create_table(
        "jobs",
        sa.Column("run_id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("queued", sa.Double(), nullable=False),
        sa.Column("worker", sa.String(200)),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_jobs_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name="pk_jobs"),
    )
    op.create_table(
        "turns",
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_turns"),
    )
    op.create_table(
        "forecasts",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("target_flops", sa.Double(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("table", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_forecasts"),
    )
    op.create_table(
        "registrations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_registrations"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("revoked", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("ix_runs_state_created", "runs", ["state", "created"])
    op.create_index("ix_runs_model", "runs", ["model"])
    op.create_index(
        "ix_samples_run_id_task_id_completion_id", "samples", ["run_id", "task_id", "completion_id"]
    )
    _guard_the_register()


def _guard_the_register() -> None:
    """Let the database itself refuse to change or remove what was registered."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER registrations_no_{verb.lower()} BEFORE {verb} ON registrations "
                "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION registrations_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the register is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER registrations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registrations "
        "FOR EACH STATEMENT EXECUTE FUNCTION registrations_refuse()"
    )
