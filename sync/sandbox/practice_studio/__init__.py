"""Holds Practice Studio as its document describes it: 10 endpoints, OAuth 2.0, and a FHIR base that may be there.

May call the parts that all systems share.
Must never know another system.
"""
