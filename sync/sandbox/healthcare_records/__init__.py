"""Holds the Healthcare Records API as its document describes it: 20 endpoints, masked answers, limits by the hour.

May call the parts that all systems share.
Must never know another system.
"""
