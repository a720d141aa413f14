"""Reports: what areas send, and what they and reviewers are told."""
