"""Holds a print from end to end: from a drawn label to bytes, from bytes to its picture, and to the printer.

May call reports, devices and services.
Must never know a window: it is called from whichever thread waits for printers.
"""
