"""Holds AROCORD-HIMS: its client, its JSON, what a record is there, and what its document leaves open.

May call the port, the transport and the records.
Must never know another remote.
"""
