"""The document of a plan, as loaded."""
