"""The alliance's own legal texts: terms for its members, privacy notice, imprint. Each version stays, with its date.

`publish_legal_text.py` adds a version; `legal_texts.py` says which are in force, as every page and every join asks.
"""
