"""Holds the keys: slots, unlocking, recovery, the device secret.

May call the ground files and the cryptography libraries.
Must never know a row.
"""
