"""What an administrator looks at afterwards, and the catalogue of programmes.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
