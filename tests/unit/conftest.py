"""Generated examples are the same ones in every run, and no machine is too slow for them."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
