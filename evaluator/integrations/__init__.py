"""Doors for programs written against other scorers: one module for each of them."""
