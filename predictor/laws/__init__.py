"""The laws: of losses, the report's capability law, the latent trend, and what they share."""
