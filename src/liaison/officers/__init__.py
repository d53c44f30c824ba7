"""People of a node: who they are, how they show it, and what takes two of them.

A person has one or more accounts, and everything that is counted, approved or reviewed goes by the person
(Directive (EU) 2016/680, articles 19, 25 and 29). `service` keeps people, accounts and roles; `sign_in`,
`passkeys` and `oidc` open sessions, `sessions` and `tokens` say who is signed in; `approvals`, `break_glass` and
`notices` are for what a second person has to see. `rules`, `states` and `names` are pure.
"""

from liaison.officers.settings import Settings
from liaison.officers.signed import Signed, SignedIn

__all__ = ["Settings", "Signed", "SignedIn"]
