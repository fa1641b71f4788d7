"""An alliance's payments: rails, accounts, deposits and runs."""
