"""Holds Healify as its document describes it: 28 endpoints, one file per subject.

May call the parts that all systems share.
Must never know another system.
"""
