"""Holds the claims screen: what is still to be claimed, claims and what they lack, batches, insurers and plans.

May call services, the shell and widgets.
Must never decide what a claim lacks or who owes what.
"""
