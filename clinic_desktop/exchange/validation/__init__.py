"""Holds the check of FHIR R4 records against the published definitions, kept small under `resources/fhir`.

May call the ground files and the standard library; `checking.check_resource` is its door for one record, `files` for paths.
Must never touch a chart, a key, the network or `sync`.
"""
