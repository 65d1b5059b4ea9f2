"""Files in general: JSON Lines, atomic writes, text that is safe to show."""
