"""Formats of problem sets: one module each."""
