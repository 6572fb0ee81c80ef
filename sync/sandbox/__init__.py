"""Holds the documented systems as a local server.

May call the standard library.
Must never know the client that calls it.
"""
