"""What the invented municipality does, as tables: read by the builders beside this package."""
