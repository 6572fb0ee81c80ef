"""Holds what remotes share in telling a record: lenses, words, people, times, and what may never be sent.

May call records and the port.
Must never know a system.
"""
