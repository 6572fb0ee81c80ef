"""Holds small shared parts of screens, one widget a file.

May call theme, icons and tasks.
Must never know a service or a screen.
"""
