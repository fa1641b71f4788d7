"""Adjustments: the alliance corrects a member's points."""
