"""Holds how the chart's records and Healify's bodies become each other, one file per subject.

May call telling and records.
Must never send.
"""
