"""Holds HL7 version 2 over MLLP: frames, messages, acknowledgements, what is read from each, and a simulator.

May call services and below.
Must never know another device or open a socket of its own.
"""
