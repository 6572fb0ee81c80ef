"""The dashboard: a role's numbers of today against usual, their trends, and how things stand this minute.

May call widgets, the shell's screen and its measure of speed, and services.
Must never know another screen.
"""
