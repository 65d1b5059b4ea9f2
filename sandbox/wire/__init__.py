"""Formats that both sides of the trust boundary load."""
