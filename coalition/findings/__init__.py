"""Findings: sales that look like fraud, for the shop's manager and the alliance to look at.

Each kind is a file in `patterns/`. `look_for_findings.py` reads the event feed in the background, so no sale waits.
"""
