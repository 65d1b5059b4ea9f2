"""Figures like those of the report."""
