"""Holds the simulator: the shipped engine on a real encrypted database, with clock, chance, network and disk in hand.

May call anything of sync.
Must never be imported by the product.
"""
