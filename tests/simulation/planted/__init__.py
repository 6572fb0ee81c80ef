"""Holds faults that are put into the shipped engine on purpose, each to be caught.

May change the code of a function while a test runs, and puts it back.
Must never be imported by the product.
"""
