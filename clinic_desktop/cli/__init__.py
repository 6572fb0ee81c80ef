"""Holds the command line: one file per command word, thin over what the rest of the house can do.

May call everything below it.
Must never import Qt, nor touch rows or keys except through services and `app`.
"""
