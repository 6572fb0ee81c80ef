"""The day board: appointments by practitioner, booking without overlap.

May call widgets, the shell's screen and services.
Must never know another screen.
"""
