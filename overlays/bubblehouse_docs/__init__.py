"""The maintainer's tool behind scripts/check-docs: compares pages of the vendor's docs with the contract."""
