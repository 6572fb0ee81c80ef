"""Holds the planner, the merge and the intents.

May call records and transport.
Must never know a remote by name.
"""
