"""Laws of accuracy: against compute, size and data, task loss, or the steps of one run, with posteriors."""
