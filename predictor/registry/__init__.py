"""Forecasts registered before the outcome is known, and scored once it is."""
