"""Readers and writers between foreign file formats and plain dataclasses."""
