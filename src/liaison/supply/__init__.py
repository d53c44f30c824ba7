"""What is supplied to partners and by them, under the originator's conditions wherever it goes.

An item is one record as its originator signed it, with grade, handling, purpose and retention inside the signature.
Every door of a node asks here before anything leaves by it; what is passed on needs the originator's consent, which
sender and receiver both verify; a correction or recall reaches everybody who has it, and comes back confirmed
(Directive (EU) 2016/680, articles 7, 9, 16 and 35).
"""
