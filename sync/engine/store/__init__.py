"""Holds the rows of sync: links, shadows, intents, budgets, and the log of what was asked and decided.

May call SQLAlchemy; it is handed the clinic's own connection.
Must never know a remote, or decide anything.
"""
