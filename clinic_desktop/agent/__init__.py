"""Holds the background process: jobs now, sync and the local API later.

May call exchange, devices, reports and services.
Must never touch Qt.
"""
