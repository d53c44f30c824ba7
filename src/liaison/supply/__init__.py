"""What is supplied to partners and by them, under the originator's conditions wherever it goes.

An item is one record as its originator signed it, with grade, handling, purpose and retention inside the signature.
Every door of a node asks here before anything leaves by it; what is passed on needs the originator's consent, which
sender and receiver both verify; a correction or recall reaches everybody who has it, and comes back confirmed
(Directive (EU) 2016/680, articles 7, 9, 16 and 35).

`rules` are the doors, codes and times, `doors` the one place that is asked. `sending` makes items of records,
`passing` passes on another agency's, `receiving` takes what comes, `taking` makes a record of it; `leaving` is an
item on a screen, as a file, on paper or for a court. `recalls` is a person who calls back, `issuing` the notice,
`arriving` a notice that comes, `following` what the node does by itself, the silent who are asked again among it,
`reporting` what comes back. `permissions` and `consent` are the originator's word for another use, `reasons` a
supervisor's. `publishing`, `published` and `contributions` are what partners' programs read and send; `inbound` gives
each letter to what takes it.
"""
