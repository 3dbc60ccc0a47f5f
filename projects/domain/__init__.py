"""Plain Python: rules and formulas of projects, without Django, I/O or a clock."""
