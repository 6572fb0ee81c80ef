"""Holds the vital signs monitor that speaks with the local API: its simulator.

The protocol is Open mHealth, read in `domain.openmhealth`; it is received by the route of vital signs.
Must never know another device, nor take its words from the receiving side.
"""
