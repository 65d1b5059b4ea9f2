"""Trusted and jailed: runs the tests of a problem set and decides every verdict."""
