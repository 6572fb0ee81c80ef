"""Holds the documents of one patient: the list beside what is read, added or written.

May call services, reports and the widgets.
Must never keep a rule in a view.
"""
