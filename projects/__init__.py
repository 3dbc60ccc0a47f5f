"""The project office: temporary work with an end, run by the PMI life cycle."""
