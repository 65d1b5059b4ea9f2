"""Trusted, in the caller's process: the pool of workers and what it gives them to do."""
