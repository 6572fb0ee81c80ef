"""Holds the receipt printer: what is sent to one in ESC/POS, what such bytes say, and one that is played.

May call the domain alone; letters and symbols of a picture come from whoever asks for it.
Must never know another device.
"""
