"""Pairs of patients who are likely one person: what speaks for it, and what is done about it.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
