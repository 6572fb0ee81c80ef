"""Records brought in from elsewhere by an administrator: tried first, then taken in, with what is wrong beside it.

May call services, exchange (with the first file, not before) and widgets.
Must never write a row by itself or read a file on the window's thread.
"""
