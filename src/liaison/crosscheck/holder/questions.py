"""What a question must be to be answered: signed by the partner, of now, agreed, under the key that was published.

Each reason to refuse is an error of its own, whose code alone the asking side is told. Nothing that was
computed leaves unless every point of the batch is one.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256

from sqlalchemy import Connection

from liaison.crosscheck.countersigning import is_signed, people_of
from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.holder import epochs
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.messages import Kind, Of, Question, permitted
from liaison.model.errors import (
    BadInput,
    LiaisonError,
    NotFound,
    NotLawful,
    OtherNormaliser,
    WrongEpoch,
    WrongKey,
)
from liaison.partners.agreement import (
    CROSSCHECK,
    DECONFLICTION,
    STANDING_CROSSCHECK,
    Agreement,
    Comparison,
)
from liaison.partners.directory import Partner, require_open
from liaison.transport.means import Means

AGE = dt.timedelta(minutes=5)  # that a question may be old, or ahead of our clock
ASK = "have the agreement changed, or ask what it names"


class Uncountersigned(NotLawful):
    """A question about more people than the agreement lets be asked about without an authority's signature."""

    title = "An authority has to sign this question"
    hint = "have it signed by one of the authorities that the agreement names"


class OutOfOrder(LiaisonError):
    """A batch that does not follow those of its session, or does not fit what was told with the first."""

    status = 409
    title = "This batch does not fit its session"
    hint = "ask the batches of a session one after another, or begin a session anew"


def exchange_of(question: Question) -> str:
    """The kind of exchange that a question is, as agreements name it."""
    if question.of is Of.ACTIONS:
        return DECONFLICTION
    return STANDING_CROSSCHECK if question.kind is Kind.STANDING else CROSSCHECK


def require_addressed(means: Means, partner: Partner, question: Question, points: bytes) -> None:
    """From this partner to this node, with the points that it was signed for. Raises BadInput."""
    told = (question.federation, question.asker, question.holder)
    if told != (means.federation, partner.origin, means.origin):
        raise BadInput("the question names other nodes than these two", field="holder")
    if len(points) != question.points * POINT or sha256(points).hexdigest() != question.digest:
        raise BadInput("the points are not those that were signed for", field="digest")


def require_agreed(partner: Partner, question: Question, now: dt.datetime) -> Comparison:
    """What the agreement says of cross-checks, where it lets this question be asked. Raises LinkClosed, NotLawful."""
    agreement = require_open(partner, now)
    terms = require_comparison(agreement, exchange_of(question))
    if question.purpose not in agreement.purposes:
        raise NotLawful("the agreement does not name this purpose", hint=ASK)
    named = question.offence in agreement.offences
    if not named and (question.offence or question.purpose.needs_offence):
        raise NotLawful("the agreement does not name this offence", hint=ASK)
    if question.until is not None and not now < question.until <= now + terms.standing_days * epochs.DAY:
        raise NotLawful("a standing cross-check may not last as long as that", hint=ASK)
    return terms


def require_comparison(agreement: Agreement, exchange: str) -> Comparison:
    """What the agreement says of cross-checks. Raises NotLawful where it does not name this kind of exchange."""
    if exchange not in agreement.exchanges or agreement.crosscheck is None:
        raise NotLawful("the agreement does not name this kind of exchange", hint=ASK)
    return agreement.crosscheck


def require_fresh(question: Question, now: dt.datetime) -> None:
    """Raises BadInput for a question that was not made about now."""
    if abs(now - question.made) > AGE:
        raise BadInput(
            "the question was not made within the last minutes",
            field="made",
            hint="compare both nodes' clocks, then ask again",
        )


def require_epoch(connection: Connection, partner: Partner, question: Question, now: dt.datetime) -> Epoch:
    """The epoch under whose key the question is. Raises OtherNormaliser, WrongEpoch, WrongKey."""
    ours = epochs.NORMALISERS[question.of]
    if question.normaliser != ours:
        raise OtherNormaliser(f"keys are made by {ours} here")
    epoch = entitled(connection, partner, question.of, question.epoch, now)
    if epoch.normaliser != question.normaliser:
        raise OtherNormaliser(f"the keys of this epoch were made by {epoch.normaliser}")
    if epoch.public != question.public:
        raise WrongKey("the question is under another key than the one of this epoch")
    return epoch


def entitled(connection: Connection, partner: Partner, of: Of, epoch: str, now: dt.datetime) -> Epoch:
    """An epoch that is open, of the class that the partner is in. Raises WrongEpoch for any other."""
    sharing = epochs.class_of(partner, of, now)
    try:
        held = epochs.by_id(connection, epoch)
    except NotFound:
        raise WrongEpoch("there is no such epoch") from None
    if sharing is None or (held.of, held.sharing) != (of, sharing.digest) or not held.answers_at(now):
        raise WrongEpoch("nothing is answered under the key of this epoch")
    return held


def people_at_least(question: Question) -> int:
    """How many people a session is about: what it says, or more where its points are of more; an action is one."""
    if question.of is Of.ACTIONS:
        return question.subjects
    return people_of(question.subjects, question.all_points)


def require_countersigned(terms: Comparison, question: Question, people: int) -> None:
    """Raises Uncountersigned where no authority signed for a session that is about so many people, with those that were
    asked about before it; and for a signature that is none."""
    given = question.countersigned
    if given is None:
        if people > terms.countersigned_above:
            raise Uncountersigned("no authority signed it")
        return
    if given.authority not in terms.authorities:
        raise Uncountersigned("the authority that signed it is none that the agreement names")
    told = permitted(question.holder, question.session, question.whole)
    if not is_signed(terms.authorities, given.authority, given.signature, told):
        raise Uncountersigned("the signature of the authority does not fit it")
