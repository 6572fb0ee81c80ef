"""Holds the insurance page: who covers the patient, by which plan, from when until when.

May call services, the shell and widgets.
Must never decide what an insurer pays.
"""
