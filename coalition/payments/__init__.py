"""An alliance's payments: rails, accounts, deposits, confirmations by people, and what the server does by itself.

Each use case is a file named after its verb. `rails/` has the rails of this process, `notices.py` tells shops and
people what became of payments.
"""
