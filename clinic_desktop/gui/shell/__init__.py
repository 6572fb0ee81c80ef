"""Holds the main window, the rail, the banner, the palette and the lock screen.

May call widgets, printing, tasks and services.
Must never know a screen.
"""
