"""Which objects there are, by the parts of addresses that name them, and who is let see those of others."""

from __future__ import annotations

from liaison.model.roles import Role

KIND_OF = {  # what a part of an address names
    "account_id": "account",
    "action_id": "action",
    "warning_id": "warning",
    "alert_id": "alert",
    "approval_id": "approval",
    "attribute_id": "attribute",
    "camera_id": "camera",
    "contact_id": "contact",
    "need_id": "need",
    "sensor_id": "sensor",
    "feed_id": "feed",
    "case_id": "case",
    "check_id": "check",
    "collection_id": "collection",
    "entity_id": "holding",
    "event_id": "event",
    "flight_id": "flight",
    "following_id": "following",
    "glass_id": "glass",
    "grounds_id": "grounds",
    "holding_id": "holding",
    "vehicle_id": "vehicle",
    "index": "entry",
    "job_id": "import",
    "list_id": "list",
    "manifest_id": "manifest",
    "notice_id": "notice",
    "passenger_id": "passenger",
    "passkey_id": "passkey",
    "object_id": "published",
    "person_id": "person",
    "sample_id": "sample",
    "standing_id": "standing",
    "status_id": "contribution",
    "question_id": "standing",
    "token_id": "token",
    "watch_id": "watch",
    "training_id": "training",
    "request_id": "request",
    "pause_id": "pause",
    "talk_id": "talk",
    "template_id": "template",
    "given_id": "unasked",
    "number": "place",
    "origin": "partner",
    "partner": "partner",
    "digest": "agreement",
    "item_id": "item",
    "permission_id": "permission",
    "intake_id": "intake",
    "shelf_id": "collection",
    "session_id": "crosscheck",
    "served_id": "served",
}
ANSWERING = (
    "look",
    "answer",
    "nothing",
    "refuse",
    "sort",
    "questions",
    "pause",
    "term",
    "take-on",
    "convictions",
    "subjects",
)
SUBJECT_PAGE = "/subjects/{number}"
NO_OBJECT = {  # addresses with a part that names nothing of anybody's
    "/api/v1/ledger/entries/{index}/proof": "computed from the public log alone",
    "/ledger/entries/{index}/proof": "computed from the public log alone",
    "/ledger/tile/{name}": "the public log",
    "/match/{dataset}": "a list's name",
    "/schema/{path}": "the description of the API",
    "/search/{dataset}": "a list's name",
    "/static/{name}": "files of the program",
    "/witness/{origin_hash}/checkpoint": "the public heads of partners' logs",
}
ANSWER_FOR_RECORDS = {Role.DESK_OFFICER, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER}
BY_RIGHT: dict[str, set[Role]] = {  # who is let see others' objects of a kind, and by which rule
    "holding": ANSWER_FOR_RECORDS,  # holdings/access.py: whoever answers for the records
    "vehicle": ANSWER_FOR_RECORDS,  # a record too; its own pages are for whoever keeps records (vehicle_entries.KEEPS)
    "approval": {Role.APPROVER, Role.SUPERVISOR},  # whoever the law's pack lets decide
    "role-approval": {Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER},  # whoever oversees
    "glass": {Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER},  # whoever reviews it
    "person": {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER},
    "account": {Role.ADMINISTRATOR},
    "training": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "token": {Role.ADMINISTRATOR},  # who ends anybody's
    "entry": {Role.DATA_PROTECTION_OFFICER, Role.AUDITOR},  # whoever reads the ledger
    "request": {Role.APPROVER, Role.SUPERVISOR},  # whoever may authorise it
    "waiting-request": {Role.APPROVER, Role.SUPERVISOR},
    "received-request": {Role.DESK_OFFICER, Role.SUPERVISOR},  # the desk and its supervisors
    "unasked": {Role.DESK_OFFICER, Role.SUPERVISOR},
    "pause": {Role.DESK_OFFICER},  # the desk that answers
    "partner": set(Role) - {Role.APPROVER},  # partners/access.py: whose work has to do with partners
    "agreement": set(Role) - {Role.APPROVER},
    "item": ANSWER_FOR_RECORDS,  # supply/access.py: whoever answers for the records
    "supplied-item": ANSWER_FOR_RECORDS,  # supply/reading.py: whoever discloses, recalls or permits
    "permission": ANSWER_FOR_RECORDS,
    "own-permission": ANSWER_FOR_RECORDS,
    "intake": {Role.DESK_OFFICER},  # the desk decides on what programs send in
    "contribution": {Role.DESK_OFFICER},
    "crosscheck": {
        Role.DATA_PROTECTION_OFFICER,
        Role.AUDITOR,
    },  # crosscheck/asker/access.py: to open it again
    "served": ANSWER_FOR_RECORDS,  # crosscheck/holder/holding.py: the desk, its supervisors, who protects data
    "sensor": {
        Role.INVESTIGATOR,
        Role.DESK_OFFICER,
        Role.SUPERVISOR,
    },  # sensors/access.py: who works with them
    "contact": {Role.DESK_OFFICER, Role.SUPERVISOR},  # who keeps the register
    "collection": ANSWER_FOR_RECORDS,  # supply/publishing.py: whoever discloses, recalls or agrees
}
READ_BY_ACCOUNT = {"collection", "contribution"}  # by programs: for the account alone that was let in
REQUESTS = ("request", "waiting-request", "sent-request", "received-request")
LOOKALIKE = {  # kinds that one part of an address may name
    "approval": ("approval", "role-approval"),
    "holding": ("holding", "vehicle"),
    **dict.fromkeys(REQUESTS, REQUESTS),
    "permission": ("permission", "own-permission"),
    "intake": ("intake", "contribution"),
}
