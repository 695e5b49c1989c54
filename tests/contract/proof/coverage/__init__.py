"""What a run has covered of the contract, told from the calls that it sent and the answers that it got."""
