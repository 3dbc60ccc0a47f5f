"""Pages of the project office."""
