"""Plain Python: rules and formulas of portfolio, without Django, I/O or a clock."""
