"""What a prescriber has signed over some days, each with how far the pharmacy is.

May call services, widgets and the shell's screen protocol.
Must never change a prescription here: it is opened with its own patient.
"""
