"""Corrections of a member's points by the alliance."""
