"""Forecasts: a table and a target in, estimates with intervals and warnings out."""
