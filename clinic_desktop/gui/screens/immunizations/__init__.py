"""One patient's immunizations: what is due, what was given, and recording it.

May call services, widgets, words of the reports and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
