"""Notices of payments by e-mail: to the shop that each is about, and to the alliance's treasurers."""
