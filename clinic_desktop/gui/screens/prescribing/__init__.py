"""Holds the prescribing screen: several medicines, checked as they are written, signed as one.

May call services through its presenter, and widgets in its view.
Must never decide what is safe: the safety check and the act do.
"""
