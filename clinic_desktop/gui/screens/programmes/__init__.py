"""The digital health programmes that a patient takes part in.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
