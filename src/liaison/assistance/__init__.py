"""Requests between agencies: asked, authorised, sent, checked, sorted, answered and closed, on the clock of the law.

`rules` says how a request and each of its subjects move, `clocks` when an answer is due, `messages` what is written.
`drafting`, `sending`, `taking` and `changing` are the side that asks; `receiving`, `checking`, `triage`, `timing`,
`clarifying` and `answering` the side that is asked; `convictions` the exchange of criminal records, `spontaneous` what
nobody asked for. `reading` is what pages show, `handling` who takes which letter, `background` what runs by itself.
It serves Directive (EU) 2023/977, articles 4 to 7, 13, 14 and 16, Framework Decision 2009/315/JHA, and rules L01, L02,
L08, L10, L14 and L23 to L26.
"""
