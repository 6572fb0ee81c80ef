"""Holds tables that come from elsewhere: CSV and Excel files, and what their columns mean here.

May call services and the exchange's own records.
Must never write a row that it could not read whole.
"""
