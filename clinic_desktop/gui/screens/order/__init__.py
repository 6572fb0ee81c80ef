"""Ordering laboratory tests for a patient, from a visit or by itself.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
