"""The end of a shop's day: what it sold, gave and took by till and cashier, on a sheet, as a table and by e-mail.

A day is one of the alliance's calendar, and has what happened on it: a sale that a till sent later is on the sheet of
the day when it was made.
"""
