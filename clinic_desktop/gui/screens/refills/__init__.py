"""Holds the refills page: medicines asked for again, approved or refused by a prescriber.

May call services, the shell and widgets.
Must never decide whether a medicine is safe.
"""
