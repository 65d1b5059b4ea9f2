"""Integrations with other evaluation tools: one module each."""
