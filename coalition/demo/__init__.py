"""The demo: `journey.py` fetches a real year of purchases, and states the alliance that they are replayed under."""
