"""How a worker is enclosed: on Linux by namespaces."""
