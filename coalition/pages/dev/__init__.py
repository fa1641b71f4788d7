"""For those who build pages, in a sandbox alone: `components.py` has every component in every state."""
