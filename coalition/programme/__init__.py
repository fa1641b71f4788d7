"""An alliance's programme: currency, rate, earning, expiry, cut-offs, fees, and the file that states them."""
