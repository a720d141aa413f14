"""The commands that keep a deployment well: a copy of its database, and a look at all of it."""
