"""Holds the screens, one folder each: screen, presenter, view.

May call the shell, widgets and services.
Must never know another screen.
"""
