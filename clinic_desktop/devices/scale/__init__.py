"""Holds weighing scales on a serial line: the ways they write a weight, the line, and one made up for trying.

May call the domain.
Must never know another device.
"""
