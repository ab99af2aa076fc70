"""What can change in a contract, and how bad each of it is for a client that keeps to the older version."""

from __future__ import annotations

from gateway_contracts.changes.change import Rule, Severity, table

B, R, I = Severity.BREAKING, Severity.RISKY, Severity.INFORMATION  # noqa: E741 - a column of a table, read as one


def _pair(one: tuple[str, Severity, str, str], other: tuple[str, Severity, str, str]) -> tuple[Rule, Rule]:
    return Rule(*one, opposite=other[0]), Rule(*other, opposite=one[0])


def _alone(id: str, severity: Severity, says: str, because: str) -> tuple[Rule]:
    return (Rule(id, severity, says, because, opposite=id),)


REFUSED = "A request that was good is refused."
MORE_WORKS = "What worked still works."

RULES = table(
    *_pair(
        ("operation-gone", B, "An operation is gone.", REFUSED),
        ("operation-added", I, "There is one more operation.", MORE_WORKS),
    ),
    *_pair(
        ("retrieve-gone", B, "A model cannot be asked for by its id any more.", REFUSED),
        ("retrieve-added", I, "A model can be asked for by its id.", MORE_WORKS),
    ),
    *_alone("operation-renamed", I, "An operation has another operationId.", "Requests do not name it."),
    *_alone(
        "request-moved", B, "An operation is asked for by another method or path.", "A request to the old one finds nothing."
    ),
    *_pair(
        ("host-gone", B, "A host is not documented any more.", "A client that asks it may find nobody."),
        ("host-added", I, "There is one more host.", MORE_WORKS),
    ),
    *_pair(
        ("key-required", B, "A key is required.", "A request without one is refused."),
        ("key-not-required", I, "No key is required any more.", MORE_WORKS),
    ),
    *_pair(
        ("key-ignored", R, "A key makes no difference any more.", "A client may have relied on seeing its own models."),
        ("key-heeded", I, "A key makes a difference.", "Requests without one are answered as before."),
    ),
    *_pair(
        ("rate-limit-lowered", B, "Fewer requests are allowed.", "A client that kept to the old limit is answered 429."),
        ("rate-limit-raised", I, "More requests are allowed.", MORE_WORKS),
    ),
    *_alone(
        "rate-limit-changed",
        R,
        "Requests are counted otherwise.",
        "Of clients that kept to the old limit some are answered 429.",
    ),
    *_pair(
        ("parameter-gone", B, "A parameter is gone.", "A request that has it is refused, or answered as if it had not."),
        ("parameter-added", I, "There is one more parameter.", "Requests without it are answered as before."),
    ),
    *_pair(
        ("required-parameter-added", B, "A new parameter is required.", "A request without it is refused."),
        ("required-parameter-gone", R, "A parameter that was required is gone.", "A request that has it may be refused."),
    ),
    *_pair(
        ("parameter-required", B, "A parameter is required.", "A request without it is refused."),
        ("parameter-not-required", I, "A parameter is not required any more.", MORE_WORKS),
    ),
    *_alone("parameter-moved", B, "A parameter stands elsewhere in the request.", "Where it was, it is not seen."),
    *_pair(
        ("filter-gone", B, "A parameter filters no more.", "The same request leaves other models."),
        ("filter-added", R, "A parameter filters.", "The same request leaves other models, to who sent it before."),
    ),
    *_alone("filter-changed", B, "A parameter filters otherwise.", "The same request leaves other models."),
    *_pair(
        ("alias-gone", B, "A value is not understood under its old name any more.", REFUSED),
        ("alias-added", I, "A value is understood under one more name.", MORE_WORKS),
    ),
    *_alone("alias-changed", B, "An old name stands for another value.", "The same request leaves other models."),
    *_pair(
        ("order-gone", B, "Models cannot be sorted so any more.", "The same request is refused, or answered in another order."),
        ("order-added", I, "Models can be sorted in one more way.", MORE_WORKS),
    ),
    *_alone("order-changed", B, "Models are sorted otherwise.", "The same request is answered in another order."),
    *_pair(
        ("status-added", R, "One more status may be answered.", "A client that does not know it may not cope."),
        ("status-gone", I, "A status is not answered any more.", "Clients cope with more."),
    ),
    *_pair(
        ("success-gone", B, "A good answer is not documented any more.", "Clients that expect it do not get it."),
        ("success-added", R, "There is one more good answer.", "A client that does not know it may not cope."),
    ),
    *_alone("media-type-changed", B, "An answer has another media type.", "A client cannot read it."),
    *_pair(
        ("body-undocumented", R, "What an answer holds is not documented any more.", "A client reads what nobody promises."),
        ("body-documented", I, "What an answer holds is documented.", "It may be as before."),
    ),
    *_pair(
        ("header-gone", R, "A field of an answer is gone.", "A client that reads it finds nothing."),
        ("header-added", I, "An answer has one more field.", "Clients pass over what they do not know."),
    ),
    *_alone("header-changed", R, "A field of an answer has another value.", "A client that heeds it acts otherwise."),
    *_alone(
        "items-moved", B, "The models stand elsewhere in the answer, or another member names them.", "A client finds none."
    ),
    *_pair(
        ("list-gone", B, "An operation lists no models any more.", "A client finds none."),
        ("list-added", I, "An operation lists models.", MORE_WORKS),
    ),
    *_alone(
        "unit-changed", B, "Prices are for something else, or in another currency.", "The same number means another amount."
    ),
    *_pair(
        ("capability-optional", R, "Gateways may lack what all had.", "A client that relies on it stops at some."),
        ("capability-certain", I, "All gateways have what some lacked.", MORE_WORKS),
    ),
    *_pair(
        ("requirement-dropped", R, "A MUST is dropped.", "Nobody looks any more whether it is kept."),
        ("requirement-added", R, "A MUST is added.", "A gateway that was judged good may be judged broken."),
    ),
    *_pair(
        ("requirement-weakened", R, "A MUST is one no more.", "Breaking it fails no gateway any more."),
        ("requirement-strengthened", R, "A recommendation is a MUST.", "A gateway that was judged good may be judged broken."),
    ),
    *_pair(
        ("recommendation-dropped", I, "A SHOULD or MAY is dropped.", "It failed no gateway."),
        ("recommendation-added", I, "A SHOULD or MAY is added.", "It fails no gateway."),
    ),
    *_alone("requirement-changed", R, "A requirement is judged otherwise.", "Another gateway may be judged broken."),
    *_alone("requirement-reworded", I, "A requirement says it in other words.", "It is judged as before."),
    *_pair(
        ("answer-field-gone", B, "A required field of an answer is gone.", "A client that reads it stops there."),
        ("answer-field-added", I, "An answer has one more field.", "Clients pass over what they do not know."),
    ),
    *_pair(
        (
            "answer-optional-field-gone",
            R,
            "An optional field of an answer is gone.",
            "A client that shows it has nothing to show.",
        ),
        ("answer-optional-field-added", I, "An answer may have one more field.", "Clients pass over what they do not know."),
    ),
    *_pair(
        ("answer-field-optional", B, "A field of an answer may be missing.", "A client that reads it stops there."),
        ("answer-field-required", I, "A field of an answer is always there.", "Clients cope with more."),
    ),
    *_pair(
        (
            "answer-type-widened",
            B,
            "A field of an answer may have one more type.",
            "A client that expects the others stops there.",
        ),
        ("answer-type-narrowed", I, "A field of an answer has fewer types.", "Clients cope with more."),
    ),
    *_alone(
        "answer-type-changed", B, "A field of an answer has another type.", "A client that expects the old one stops there."
    ),
    *_pair(
        (
            "answer-value-added",
            R,
            "A field of an answer may have one more value.",
            "A client that knows the others may not cope.",
        ),
        ("answer-value-gone", I, "A field of an answer has one value less.", "Clients cope with more."),
    ),
    *_pair(
        ("answer-values-open", R, "A field of an answer may have any value.", "A client that knows the old ones may not cope."),
        ("answer-values-closed", I, "The values of a field of an answer are listed.", "Clients cope with more."),
    ),
    *_alone("answer-values-changed", B, "A field of an answer has other values.", "A client that compares it stops there."),
    *_pair(
        ("answer-bound-loosened", R, "A bound of an answer is looser.", "A client that relies on it may not cope."),
        ("answer-bound-tightened", I, "A bound of an answer is tighter.", "Clients cope with more."),
    ),
    *_pair(
        (
            "answer-opened",
            R,
            "An answer may hold what it could not.",
            "A client that refuses what it does not know stops there.",
        ),
        ("answer-closed", I, "An answer cannot hold what it could.", "Clients cope with more."),
    ),
    *_alone(
        "answer-rule-changed", R, "A rule about an answer is otherwise.", "What it allows more, clients may not cope with."
    ),
    *_pair(
        ("parameter-type-narrowed", B, "A parameter takes fewer types.", REFUSED),
        ("parameter-type-widened", I, "A parameter takes one more type.", MORE_WORKS),
    ),
    *_alone("parameter-type-changed", B, "A parameter takes another type.", REFUSED),
    *_pair(
        ("parameter-value-gone", B, "A parameter takes one value less.", REFUSED),
        ("parameter-value-added", I, "A parameter takes one more value.", MORE_WORKS),
    ),
    *_pair(
        ("parameter-values-closed", B, "A parameter takes listed values only.", "A request with any other is refused."),
        ("parameter-values-open", I, "A parameter takes any value.", MORE_WORKS),
    ),
    *_alone("parameter-values-changed", B, "A parameter takes other values.", REFUSED),
    *_pair(
        ("parameter-bound-tightened", B, "A bound of a parameter is tighter.", REFUSED),
        ("parameter-bound-loosened", I, "A bound of a parameter is looser.", MORE_WORKS),
    ),
    *_alone("parameter-rule-changed", R, "A rule about a parameter is otherwise.", "A request that was good may be refused."),
)
