"""Holds the pharmacy's screen: the queue, and the prescription on the desk with its lots, labels and hand-out.

May call services through its presenter, and widgets in its view.
Must never choose a lot or decide what is safe: the services propose and refuse.
"""
