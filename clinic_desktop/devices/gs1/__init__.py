"""Holds bar codes of GS1 as a scanner sends them: its bytes, and packs made up for trying.

May call the domain.
Must never know another device.
"""
