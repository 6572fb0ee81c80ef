"""Holds how the chart's records and the Healthcare Records API's bodies become each other, one file per subject.

May call telling and records.
Must never send.
"""
