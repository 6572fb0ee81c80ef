"""Holds the tour: a whole visit through the real window, with real keys and clicks only.

May call the shell and read rows through services to check what was written.
Must never do an act by any other way than a person could.
"""
