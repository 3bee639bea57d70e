"""What is known of films that were done: fingerprints, the ledger, locks, the report of a batch."""
