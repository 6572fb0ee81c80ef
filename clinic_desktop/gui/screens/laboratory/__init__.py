"""The laboratory's screen: what waits, specimens, the result grid, releases, corrections and call-backs.

May call services, domain rules, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
