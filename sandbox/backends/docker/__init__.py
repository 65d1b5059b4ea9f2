"""Isolation by containers: Docker's own runtime, or gVisor."""
