"""Holds FHIRPath, the language in which the rules of FHIR are written.

May call `nodes` and the standard library.
Must never know a rule, a file or a definition.
"""
