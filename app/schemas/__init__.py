"""The wire contract: what clients and plan files send, and what they get."""
