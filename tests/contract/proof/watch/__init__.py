"""Whoever sends a call of the run, it is seen here, held back where it must be, and written down."""
