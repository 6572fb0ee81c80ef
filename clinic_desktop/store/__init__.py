"""Holds every row: engine, transactions, journal, access log, drafts, tables, search and backup.

May call the ground files and the domain.
Must never decide anything clinical.
"""
