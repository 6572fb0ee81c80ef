"""Holds the tables, one file per subject.

May call SQLAlchemy.
Must never hold a rule.
"""
