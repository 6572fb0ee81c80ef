"""Holds the stock screen: levels, lots, the ledger of a lot, and receiving, counting and adjusting.

May call services through its presenter, and widgets in its view.
Must never add up a balance.
"""
