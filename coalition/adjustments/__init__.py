"""Adjustments: the alliance corrects a member's points. Why it did stands beside the book."""
