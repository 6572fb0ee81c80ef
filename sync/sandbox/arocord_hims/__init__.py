"""Holds AROCORD-HIMS as its document describes it: 38 endpoints, one file per subject.

May call the parts that all systems share.
Must never know another system.
"""
