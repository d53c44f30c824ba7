"""What is sent to each route that changes something: bodies that are valid, so that nothing but the object is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

WHY = "The skipper named this man as the one who arranged the crossing."
REASON = "Fingerprints taken at the port agree with the record."
DAY = (dt.datetime.now(dt.UTC) + dt.timedelta(days=20)).date().isoformat()
Ids = Mapping[str, str]
Body = dict[str, Any]
FORMS: dict[str, Callable[[Ids], Body]] = {
    "/alerts/{alert_id}/confirm": lambda ids: {"confirm_reason": REASON},
    "/alerts/{alert_id}/reject": lambda ids: {"reject_reason": REASON, "clear": "yes"},
    "/alerts/{alert_id}/reopen": lambda ids: {"reopen_reason": REASON},
    "/approvals/{approval_id}": lambda ids: {"answer": "approve", "reason": REASON},
    "/audit/{sample_id}/{check_id}": lambda ids: {},
    "/break-glass/{glass_id}": lambda ids: {"finding": REASON},
    "/cases/{case_id}/close": lambda ids: {"sure": "yes"},
    "/cases/{case_id}/grounds": lambda ids: {
        "purpose": "investigation",
        "basis": "task",
        "justification": WHY,
    },
    "/cases/{case_id}/members": lambda ids: {"person": ids["person"], "part": "lead"},
    "/cases/{case_id}/members/remove": lambda ids: {"person": ids["person"]},
    "/holdings/{holding_id}/correct": lambda ids: {
        "correct_reason": REASON,
        "names": "Sobolev, Aleksey",
        "born": "1972-04-12",
        "sex": "M",
        "nationality": "RUS",
        "category": "suspect",
        "documents": "",
    },
    "/holdings/{holding_id}/erase": lambda ids: {"sure": "yes", "cause": "order", "reference": "R-1"},
    "/holdings/{holding_id}/hold": lambda ids: {"reason": REASON, "until": DAY, "case": "T-1"},
    "/holdings/{holding_id}/inspect": lambda ids: {"reason": REASON},
    "/holdings/{holding_id}/restrict": lambda ids: {"reason": REASON},
    "/lists/{list_id}/start": lambda ids: {},
    "/lists/{list_id}/stop": lambda ids: {},
    "/notices/{notice_id}/read": lambda ids: {},
    "/people/{person_id}/accounts": lambda ids: {"sign_in": "another.name", "roles": "investigator"},
    "/people/{person_id}/accounts/{account_id}/end": lambda ids: {},
    "/people/{person_id}/accounts/{account_id}/invite": lambda ids: {},
    "/people/{person_id}/accounts/{account_id}/roles": lambda ids: {"roles": "investigator"},
    "/people/{person_id}/training": lambda ids: {"course": "Judging alerts", "until": DAY},
    "/people/{person_id}/training/{training_id}/withdraw": lambda ids: {},
    "/questions/{question_id}/end": lambda ids: {},
    "/settings/passkeys/{passkey_id}/remove": lambda ids: {},
    "/settings/tokens/{token_id}/revoke": lambda ids: {},
}
JSON: dict[str, Callable[[Ids], Body | None]] = {
    "/api/v1/alerts/{alert_id}/confirm": lambda ids: {"reason": REASON},
    "/api/v1/alerts/{alert_id}/reject": lambda ids: {"reason": REASON},
    "/api/v1/alerts/{alert_id}/reopen": lambda ids: {"reason": REASON},
    "/api/v1/approvals/{approval_id}/decision": lambda ids: {"approve": True, "reason": REASON},
    "/api/v1/break-glass/{glass_id}/review": lambda ids: {"finding": REASON},
    "/api/v1/cases/{case_id}/grounds": lambda ids: {
        "purpose": "investigation",
        "basis": "task",
        "justification": WHY,
    },
    "/api/v1/lists/{list_id}/start": lambda ids: None,
    "/api/v1/lists/{list_id}/stop": lambda ids: None,
    "/api/v1/people/{person_id}/accounts": lambda ids: {
        "sign_in": "one.more.name",
        "roles": ["investigator"],
    },
    "/api/v1/questions/{question_id}/end": lambda ids: None,
    "/api/v1/tokens/{token_id}/revoke": lambda ids: None,
    "/match/{dataset}": lambda ids: {
        "queries": {"q": {"schema": "Person", "properties": {"name": ["Aleksey Sobolev"]}}}
    },
}
"""By the route's address. A route with an object in its address and no body here fails the sweep."""
