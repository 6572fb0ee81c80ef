"""Holds the bar code of driving licences and identity cards: the bytes of a reader, and a card made up for trying.

May call the domain.
Must never know another device.
"""
