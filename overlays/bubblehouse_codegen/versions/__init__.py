"""Global versions: the contract of each, what one client for all of them is made of, and how they differ."""
