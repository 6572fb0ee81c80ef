"""Holds one folder per remote system.

May call transport and records.
Must never know another remote.
"""
