"""Holds what each kind of record is at HMS Enterprise-Grade, as lenses between its JSON and the chart's records.

May call the telling of records and the port.
Must never make a request.
"""
