"""Changes of the schema, applied in order by Alembic when a store is opened."""
