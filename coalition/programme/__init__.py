"""What an alliance agrees on: currency, rate, earning, expiry, cut-offs, fees."""
