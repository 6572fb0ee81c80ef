"""Holds the label printer: what is sent to one in ZPL II, what such bytes say, and one that is played.

May call the domain alone; letters and symbols of a picture come from whoever asks for it.
Must never know another device.
"""
