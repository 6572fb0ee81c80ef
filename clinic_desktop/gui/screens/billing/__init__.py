"""Holds the billing screen: who is to be billed, invoices, payments, the cashier's shift.

May call services of billing and the shell.
Must never work out an amount.
"""
