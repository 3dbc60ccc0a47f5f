"""Plain Python: rules and formulas of services, without Django, I/O or a clock."""
