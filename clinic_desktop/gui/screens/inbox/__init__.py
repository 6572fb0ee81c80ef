"""Holds the inbox: what a person is told, their tasks, and what an administrator sends.

May call services, the shell and widgets.
Must never decide who is told what.
"""
