"""The report of a lab run: verdict, tables and charts, as text and as a page."""
