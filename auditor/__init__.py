"""The auditor: a second process that watches the ladder without trusting it.

It knows neither the durable engine nor any of our tables' code: plain SQL, the standard library's
mail client, and an address outside that is called only while it sees everything well. When it goes
quiet itself, the desk says so, and whoever watches that address hears it (reliability.md 3c).
"""
