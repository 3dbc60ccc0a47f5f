"""Plain Python: rules and formulas of common, without Django, I/O or a clock."""
