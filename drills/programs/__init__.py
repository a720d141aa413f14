"""The program as drills run it: without what it promises, or with another clock."""
