"""Failures in the field's words. Each class names the fact; nothing here knows HTTP.

A failure carries the facts of its message; ``app.words.messages`` has the sentences in
both languages and ``app.api.answers.problems`` the status of each.
"""
