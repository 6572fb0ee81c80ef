"""Holds the page Reports: every report of a role, its rows, its chart, what stands behind each number, its files.

May call services, widgets and the shell's screen protocol; a file is written by another process.
Must never count anything itself: what a number means is the definition's.
"""
