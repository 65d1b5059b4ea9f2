"""How one model's pass rates spread over problems: families of mixing distributions and their posteriors."""
