"""Holds scanners on a serial line: where a scan ends, the line, and one made up for trying.

May call the domain.
Must never know another device.
"""
