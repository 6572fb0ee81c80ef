"""Holds the documents on paper, one file per document; `text` is the only way to put words on them.

May call services and the domain.
Must never write a file that was not asked for.
"""
