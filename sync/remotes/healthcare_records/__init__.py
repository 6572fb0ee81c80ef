"""Holds what is known of the Healthcare Records API: its calls, its JSON, its limits, and how the chart is told there.

May call transport, records and telling.
Must never know another remote.
"""
