"""What a bonus rule would have given on past sales, to whom, and who would have paid for it: before it counts.

The plan that books a purchase (`coalition.purchases`) is run again over past sales with their refunds, on pots and
meters in memory (`trial_book.py`): once with the rules of now, and once with the rule that is asked about
(`trial_run.py`). `trial_sums.py` adds up what came of it, `trial_result.py` is what whoever asked gets.
"""
