"""Holds the chart of one patient: what is known at a glance, and the forms that add to it.

May call the shell, widgets and services.
Must never know another screen.
"""
