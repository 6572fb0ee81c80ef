"""Holds the consultation: the guided path through one encounter.

May call the shell, widgets and services.
Must never know another screen.
"""
