"""A node as an installation: its settings, what it is wired of, the server in front, its health, backup and checks.

`open_node(folder)` gives a running `Node`; it is the only place that knows every adapter. Serves Directive (EU)
2016/680 articles 25 and 29: who did what is logged, and the system can be restored and its integrity checked.
"""
