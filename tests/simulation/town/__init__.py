"""Holds the schedules in which the shipped remotes speak to the sandbox: a clinic, some systems, one virtual clock.

May call anything of sync and the simulator beside it.
Must never be imported by the product.
"""
