"""The devices of the clinic: who may speak, what they sent, what this workstation listens to, and trying it.

May call services, the devices' simulators, widgets and the shell's screen protocol.
Must never hold a rule or name another screen's code.
"""
