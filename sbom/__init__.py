"""The list of what a deployment consists of, and whether its licences are allowed."""
