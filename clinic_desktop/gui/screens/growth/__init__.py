"""Holds the growth page: a child's measurements among WHO's and CDC's curves.

May call services, the shell and widgets.
Must never score a value itself.
"""
