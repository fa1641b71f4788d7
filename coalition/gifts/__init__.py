"""Gifts between members; one to somebody who is not enrolled yet waits for them."""
