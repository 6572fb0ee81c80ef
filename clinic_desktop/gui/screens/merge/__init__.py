"""Two registrations of one person side by side, and every row that will be read as one chart.

May call services, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
