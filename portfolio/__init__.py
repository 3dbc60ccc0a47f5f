"""The roof: rolls the three up into one honest dashboard."""
