"""Holds HMS Enterprise-Grade: its client, its JSON, its live channel, and what its document leaves open.

May call the port, the transport and the records.
Must never know another remote.
"""
