"""A programme to look at: a real year of purchases, and the alliance that it is replayed under."""
