"""Plain Python: rules and formulas of improvements, without Django, I/O or a clock."""
