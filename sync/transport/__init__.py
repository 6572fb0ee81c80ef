"""Holds the one HTTP client, sign-in flows and rate budgets.

May call httpx.
Must never know a record.
"""
