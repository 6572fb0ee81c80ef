"""Holds the check of FHIR R4 records against the published definitions, kept small under `resources/fhir`.

May call the ground files and the standard library; its doors are `checking.check_resource` and `files.check_paths`.
Must never touch a chart, a key, the network or `sync`.
"""
