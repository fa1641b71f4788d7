"""Bonus rules of an alliance: added with a budget that is set aside at once, ended with what is left put back."""
