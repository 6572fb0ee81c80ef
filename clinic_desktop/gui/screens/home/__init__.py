"""Home: what waits for whoever has signed in.

May call widgets, the shell's screen and services.
Must never know another screen.
"""
