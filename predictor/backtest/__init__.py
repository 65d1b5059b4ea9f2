"""Rolling-origin back-tests: known models forecast from smaller ones, and scored."""
