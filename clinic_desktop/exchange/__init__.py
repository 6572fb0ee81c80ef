"""Holds the border between the chart and the records of other systems.

May call services and `sync.records`.
Must never touch a row or a key.
"""
