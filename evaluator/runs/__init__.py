"""Runs that are kept in a store: ingest samples, execute programs, write outcomes back."""
