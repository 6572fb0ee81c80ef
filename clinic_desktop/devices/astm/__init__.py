"""Holds ASTM E1381 and E1394 (CLSI LIS01-A2, LIS2-A2): the line, the records, what is read from them, a simulator.

May call services and below.
Must never know another device or open a socket of its own.
"""
