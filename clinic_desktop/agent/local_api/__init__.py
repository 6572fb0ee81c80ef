"""Holds the local API: what speaks HTTP with the devices and pages of this clinic, inside the background process.

May call services and devices; every request passes the guard in `security` before anything else sees it.
Must never touch Qt, and never answer anything of a patient to somebody whose token does not say so.
"""
