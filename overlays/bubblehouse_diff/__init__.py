"""The maintainer's tool behind scripts/diff: compares two contracts, and says whom a change breaks."""
