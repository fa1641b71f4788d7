"""Reports over an alliance, which the API and the console both answer with.

`count_postings.py` counts what they need as postings come in, so that none reads a year of moves. Who sends customers
to whom: `read_flow_map.py` reads it as a `flow_map.py`. What members hold: `read_liability.py`. Who came back:
`cohorts.py`. What points cost each shop and brought it: `shop_results.py`. All of them as tables: `report_csv.py`.
"""
