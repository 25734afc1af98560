"""Step 4 of 7: policy. An organisation's own document: its exact clause beside our summary.

extract: reads an untrusted file, in a process of its own (reading); passages: finds the clause.
"""
