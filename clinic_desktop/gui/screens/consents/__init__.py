"""A patient's consents, who may open the record, and what of it was shared.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
