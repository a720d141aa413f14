"""The ledger: entries, snapshots, publications, and what they prove."""
