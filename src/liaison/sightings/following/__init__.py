"""One vehicle followed by its registration mark: for a person who says why, some hours back, at some cameras.

`service` decides, looks and keeps what was found as a check of the case; further back or at more cameras takes a second
person (`service.ask_second`, law L18). `rules` says which reads one car cannot have made, `company_rules` which vehicle
stayed so close that traffic does not explain it; both are pure. `finding` reads what the cameras left, `viewing` shows
what was kept. Nobody is followed who was not asked for: there is no search with a wildcard, no list of who was near
whom, no face.
"""
