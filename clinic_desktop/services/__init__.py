"""Holds what the clinic can do: commands and queries, one file per subject.

May call the store, the vault and the domain.
Must never touch Qt, words on paper or the network.
"""
