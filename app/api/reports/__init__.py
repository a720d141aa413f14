"""Reports: what areas submit, one by one or many at once, and what reviewers decide."""
