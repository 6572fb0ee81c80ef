"""Holds HMS Enterprise-Grade as its document describes it: 18 endpoints, a WebSocket and GraphQL.

May call the parts that all systems share.
Must never know another system.
"""
