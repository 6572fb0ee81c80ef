"""Holds the records that are exchanged, one file per kind.

May call pydantic.
Must never know a remote.
"""
