"""Notifications: notices of payments and windows, sent by e-mail once to each reader."""
