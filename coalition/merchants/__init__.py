"""Shops: their profiles, their states, and whether they may issue and redeem points."""
