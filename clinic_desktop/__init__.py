"""Clinic Desktop: a workstation for clinics over an encrypted database on their own machine.

The floors are in README.md: each room may call only rooms below it.
Nothing here may be imported by `sync`.
"""
