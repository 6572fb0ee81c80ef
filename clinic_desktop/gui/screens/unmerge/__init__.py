"""Two registrations that were merged, and what becomes of each fact and row when they are parted.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
