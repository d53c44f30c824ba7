"""Interfaces that tools already speak: yente's (MIT, OpenSanctions) and the Reconciliation API 0.2 (W3C community).

Both ask one question at a time of the same desk as an officer's page, under the same law: the grounds travel in
headers, and a question without them is refused.
"""
