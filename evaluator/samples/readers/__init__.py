"""Formats of samples files: one reader each."""
