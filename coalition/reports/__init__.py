"""Reports over an alliance, which the API and the console both answer with.

Who sends customers to whom: `count_pairs.py` counts it by window as postings come in, `read_flow_map.py` reads it as a
`flow_map.py`, and `flow_csv.py` writes that as a table.
"""
