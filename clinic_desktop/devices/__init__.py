"""Holds one folder per kind of device: protocol, listener or driver, simulator.

May call services.
Must never know another device.
"""
