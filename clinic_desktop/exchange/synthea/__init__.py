"""Holds the tables that Synthea writes: a set of CSV files that refer to one another.

May call the reading of tables, the exchange's own records and services.
Must never round an amount of money without saying so, nor write a row whose patient is not here.
"""
