"""Step 6 of 7: escalation. A ladder of people per case that cannot go quiet.

The rows of tables.py are the truth; the durable engine (engine.py) only wakes them up, and may
lose everything it knows without a case standing still. Source: reliability.md section 3.
"""
