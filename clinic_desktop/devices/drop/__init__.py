"""Holds the folder into which analysers put files of results: which columns mean what, and taking each file once.

May call services and below.
Must never know another device.
"""
