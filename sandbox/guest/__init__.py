"""UNTRUSTED and jailed: the processes that run programs. Standard library only; sent as text."""
