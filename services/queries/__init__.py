"""Reads across the tables of services, each in a constant number of statements."""

from services.queries.health import health_inputs

__all__ = ["health_inputs"]
