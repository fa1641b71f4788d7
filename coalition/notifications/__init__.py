"""Notifications: notices of payments and windows, and what other nouns have to write, sent by e-mail once to
each reader.
"""
