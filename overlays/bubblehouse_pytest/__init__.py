"""A pytest plugin for a shop's own tests: a mock shop in process, and clients of it."""
