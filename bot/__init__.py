"""Step 2 of 7: dialogue. The Rasa process, alone on loopback (design.md sections 2 and 3).

Nothing here is imported by the service: the two meet over HTTP (bot/channel.py) only.
"""
