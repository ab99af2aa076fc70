"""Calls and their replies as entries of the journal."""

from __future__ import annotations

from mockserver.call import Call
from mockserver.faults.injecting import Reply
from mockserver.journal.entry import Cause, Entry, Step, entry_of


def journaled(call: Call, reply: Reply) -> Entry:
    """The entry of *call*, which gets *reply*."""
    request, answer, position = call.request, reply.answer, call.turn.position
    sequence = call.demand.sequence
    return entry_of(
        number=call.turn.number,
        at=call.turn.now,
        session=call.session.id,
        provider=call.provider,
        operation=call.operation.id if call.operation else None,
        method=request.method,
        path=request.path,
        query=request.query_string,
        headers=request.headers,
        token=call.token,
        status=answer.status,
        fields=answer.fields,
        content=answer.content,
        cause=Cause.CONDITIONAL if answer.status == 304 else call.cause,
        fault=reply.fault,
        draw=call.turn.draw,
        step=Step(sequence, position.step) if sequence is not None and position is not None else None,
    )
