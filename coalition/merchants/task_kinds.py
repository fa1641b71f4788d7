"""Tasks of shops."""

from coalition.merchants.add_shops import ADD_SHOPS

TASKS = (ADD_SHOPS,)
