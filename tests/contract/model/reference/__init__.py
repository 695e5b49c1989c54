"""The ledger once more, small and slow: from spec/, the assumptions and the docs' facts, and nothing of the mock's."""
