"""Households: members who may spend each other's points."""
