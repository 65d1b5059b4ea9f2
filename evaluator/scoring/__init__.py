"""Scoring without a store: programs, outcomes, tallies, results and their files."""
