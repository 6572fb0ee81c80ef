"""The systems this clinic is connected to: how far each is, connecting one, and what waits for a person's decision.

It may call the post office's own functions, in a worker. It sends nothing itself: the background process does.
"""
