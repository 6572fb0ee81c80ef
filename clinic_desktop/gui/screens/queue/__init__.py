"""The queue: who is here, how long they wait, who is next.

May call widgets, the shell's screen and services.
Must never know another screen.
"""
