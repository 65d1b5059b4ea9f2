"""What Alembic runs: apply the changes over the connection that `open_store` hands it."""

from alembic import context

from evaluator.store.schema import METADATA

__all__: list[str] = []

# The columns' own types lie in the database as ordinary ones, so types are not compared.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, compare_type=False
)
with context.begin_transaction():
    context.run_migrations()
