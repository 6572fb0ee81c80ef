"""The administrator's screen: staff, roles, formulary, prices, laboratory catalogue, backups, who saw whom.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or a key.
"""
