"""Requests between agencies: asked, authorised, sent, checked, sorted, answered and closed, on the clock of the law.

`rules` says how a request and each of its subjects move, `clocks` how an instrument counts its time, `messages` what
is written. `templates`, `drafting`, `sending`, `taking` (what is heard of one's own request) and `changing` are the
side that asks; `receiving`, `checking`, `triage`, `timing` (when one request is due), `pausing`, `clarifying` and
`answering` the side that is asked; `watching` and `league` look at the clocks. `safeguards` is what a supervisor
signs before anything goes; `convictions`, `register` and `tracing` are the exchange of criminal records,
`spontaneous` what nobody asked for, `copies` what others are told of a request. `ways` posts letters, `inbound` gives
each that comes to what takes it. `access` says who sees a request, `reading` what pages show, `leaving` how one is
taken away as a file. `background` runs by itself. It serves Directive (EU) 2023/977, articles 4 to 7, 13, 14 and 16,
Framework Decision 2009/315/JHA, and rules L01, L02, L08, L10, L14 and L23 to L26.
"""
