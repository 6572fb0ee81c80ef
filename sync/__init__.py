"""The post office: knows records and remotes, and carries one to the other.

May call nothing of the clinic.
Must never see a chart, a screen or a key.
"""
