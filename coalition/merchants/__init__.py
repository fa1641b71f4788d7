"""Shops: who they are, and whether they may issue and take points."""
