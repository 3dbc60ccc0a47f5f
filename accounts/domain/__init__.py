"""Plain Python: rules and formulas of accounts, without Django, I/O or a clock."""
