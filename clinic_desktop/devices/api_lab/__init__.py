"""Holds the laboratory that tells its results to the local API: its simulator.

They are received by the route of results, and filed by the engine of all devices.
Must never know another device, nor take its words from the receiving side.
"""
