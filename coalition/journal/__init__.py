"""The journal as accountants take it over: codes of their own chart, one CSV."""
