"""Documents of one made-up program, in the order in which they come to be, and journals of them."""

from __future__ import annotations

from datetime import timedelta

import attrs
from tests.making import AS_OF, clearance, determination, dosed, order, reading, schedule

from ketaprogram import score
from ketaprogram.events.model import AdverseEvent
from ketaprogram.journal import append
from ketaprogram.outcomes.model import Responses
from ketaprogram.sessions import record_observation

WHO = {"actor": "A. Clinician", "role": "physician", "meaning": "recorded"}


def story():
    session, _, begins = dosed()
    event = AdverseEvent(id="e-1", session=session.id, term="nausea", reported_at=begins)
    return [
        determination(),
        attrs.evolve(determination(), gate="readiness"),
        clearance(),
        order(),
        schedule(),
        session,
        record_observation(session, reading(begins + timedelta(minutes=40))),
        event,
        attrs.evolve(event, id="e-2", corrects="e-1", resolved=True),
        score(Responses(instrument="gad-7", answered_at=begins, answers=())),
    ]


STORY = story()


def journal(chosen=None):
    entries = ()
    for minute, index in enumerate(range(len(STORY)) if chosen is None else chosen):
        entries = append(entries, STORY[index], recorded_at=AS_OF + timedelta(minutes=minute), **WHO)
    return entries


WHOLE = journal()
