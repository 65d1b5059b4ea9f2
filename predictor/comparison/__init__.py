"""Two models, or several, on the same problems: pass@k at every k, and what tells them apart."""
