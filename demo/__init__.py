"""The demo organisation: invented, generated, deterministic."""
