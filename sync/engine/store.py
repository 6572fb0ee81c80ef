"""Holds the rows of sync: cursors, shadows, intents; handed its connection and the clock.

May call SQLAlchemy.
Must never know a remote.
"""
