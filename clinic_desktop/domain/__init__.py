"""Holds the pure rules of the clinic, one file per subject.

May call the standard library, rapidfuzz and jellyfish.
Must never touch a clock, a database, Qt or the network.
"""
