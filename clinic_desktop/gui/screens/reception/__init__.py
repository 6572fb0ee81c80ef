"""Reception: one page that registers a patient, with likely duplicates beside it.

May call widgets, the shell's screen and services.
Must never know another screen.
"""
