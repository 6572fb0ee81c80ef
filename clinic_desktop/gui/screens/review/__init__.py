"""What devices and other systems sent and somebody has to decide: results, registrations, and the log of controls.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
