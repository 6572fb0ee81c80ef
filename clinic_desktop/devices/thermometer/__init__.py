"""Holds thermometers on a serial line: the ways they write a temperature, the line, and one made up for trying.

May call the domain.
Must never know another device.
"""
