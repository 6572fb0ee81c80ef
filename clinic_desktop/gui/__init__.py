"""Holds the window.

May call reports and services.
Must never touch the store or a key; importing this room must not import Qt.
"""
