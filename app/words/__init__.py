"""The book of words: every sentence in two languages."""
