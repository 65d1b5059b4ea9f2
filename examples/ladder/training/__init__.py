"""The ladder: one recipe as a function of compute, training, sampling and likelihoods."""
