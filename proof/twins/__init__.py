"""Twins: gateways that keep their contract, look unusual, and must be accused of nothing."""

from __future__ import annotations

from proof.twins import catalogue, coding, conduct, errors, fields, tags, wire, writing
from proof.twins.catalogue import bodies
from proof.twins.message import Answer
from proof.twins.twin import Twin, always, each
from specs.contract import Authentication
from specs.provider import Provider

NOT_ALLOWED = Answer(405, (("Allow", "HEAD, GET"), ("Content-Length", "0")))
ALLOWED_TWICE = Answer(405, (("Allow", "OPTIONS"), ("allow", "GET,HEAD"), *conduct.HTML), b"<h1>405</h1>")
NOT_FOUND = Answer(404, conduct.HTML, errors.PAGE.format("404 Not Found").encode())
NOT_IMPLEMENTED = Answer(501, conduct.JSON, b'{"error":"not implemented"}')
UNAUTHORIZED = Answer(401, (*conduct.JSON, ("WWW-Authenticate", "Bearer")), b"{}")
REFUSED = Answer(400, conduct.JSON, '{"success":false,"message":"参数错误"}'.encode())


def takes_keys(provider: Provider) -> bool:
    """Whether an operation of *provider* takes a key."""
    return any(each.authentication is not Authentication.NONE for each in provider.operations.values())


def has_tags(provider: Provider) -> bool:
    """Whether an operation of *provider* documents conditional requests."""
    return any(304 in each.responses for each in provider.operations.values())


def has_parameters(provider: Provider) -> bool:
    """Whether an operation of *provider* takes parameters."""
    return any(each.query_parameters for each in provider.operations.values())


def leaves_errors_open(provider: Provider) -> bool:
    """Whether *provider* documents no body for some refusal that the suite asks for."""
    return any(
        each.authentication is not Authentication.NONE and not (each.responses.get(401) and each.responses[401].schema)
        for each in provider.operations.values()
    )


TWINS = (
    # What it holds.
    Twin(
        "unknown-members",
        "Every object has members that no page knows.",
        "Every schema is open to more members; clients must ignore them.",
        bodies(catalogue.unknown_members),
    ),
    Twin(
        "unknown-error-members",
        "Every object of an error has them too.",
        "As above.",
        bodies(catalogue.unknown_members, errors=True),
    ),
    Twin("key-order", "The members of every object come in any order.", "RFC 8259 section 4", bodies(catalogue.key_order)),
    Twin(
        "model-order",
        "The models are in another order than documented.",
        "No page promises an order of the plain list.",
        bodies(catalogue.model_order),
    ),
    Twin("empty", "The list is empty.", "No page says that a list has a model.", bodies(catalogue.first(0))),
    Twin("one-model", "The list has one model.", "As above.", bodies(catalogue.first(1))),
    Twin("five-thousand", "The list has 5000 models.", "No page limits a list.", bodies(catalogue.many(5000))),
    Twin(
        "reserved-ids",
        "Ids have / : @ + % ? # & and blanks in them.",
        "An id is any string; RFC 3986 section 2.1 says how a URL holds it.",
        bodies(catalogue.named(catalogue.NAMES_WITH_RESERVED)),
    ),
    Twin(
        "ids-beyond-ascii",
        "Ids are Chinese, Arabic, decomposed or emoji.",
        "An id is any string; RFC 3986 section 2.5",
        bodies(catalogue.named(catalogue.NAMES_BEYOND_ASCII)),
    ),
    Twin(
        "ids-alike",
        "Ids differ only in case or blanks, are parts of each other, look like numbers or are very long.",
        "Ids are compared by character (RFC 8259 section 8.3).",
        bodies(catalogue.named(catalogue.NAMES_ALIKE)),
    ),
    Twin("null", "What may be null is null.", "Where the page documents null.", bodies(catalogue.null)),
    Twin(
        "digit-strings",
        "Lengths are strings of digits, here and there.",
        "Where the page documents both.",
        bodies(catalogue.digit_strings),
    ),
    Twin("only-required", "What may be absent is absent.", "The contract's `required`.", bodies(catalogue.only_required)),
    Twin(
        "empty-strings",
        "Strings are empty.",
        "Where the contract asks for a string and no more.",
        bodies(catalogue.empty_strings),
    ),
    Twin("empty-arrays", "Arrays in a model are empty.", "Where the contract has no minItems.", bodies(catalogue.empty_arrays)),
    Twin("zeros", "Every price and every length is 0.", "A number that is not negative.", bodies(catalogue.zeros)),
    Twin(
        "giants",
        "Lengths are integers of twenty digits.",
        "An integer; RFC 8259 section 6 sets no bound.",
        bodies(catalogue.giants),
    ),
    Twin(
        "oldest-and-newest",
        "Models are from 2010, from tomorrow, or of no known age.",
        "A plausible time, and 0 where the requirement allows it.",
        bodies(catalogue.times),
    ),
    Twin(
        "odd-text",
        "Text has control characters, quotes, emoji, or 20 000 letters.",
        "RFC 8259 section 7",
        bodies(catalogue.odd_text),
    ),
    Twin(
        "spaced-lists",
        "Lists in a string have blanks around their commas and any order.",
        "The page shows both spellings; an order is not documented.",
        bodies(catalogue.spaced_lists),
    ),
    # What its errors say.
    Twin(
        "integer-codes",
        "Error codes are integers.",
        "Where the page documents both, or no body.",
        bodies(errors.code(int), errors=True),
    ),
    Twin(
        "string-codes",
        "Error codes are strings of digits.",
        "Where the page documents both, or no body.",
        bodies(errors.code(str), errors=True),
    ),
    Twin("chinese-errors", "Errors are in Chinese.", "A message is any string.", bodies(errors.chinese, errors=True)),
    Twin(
        "terse-errors",
        "Errors have a message and nothing more.",
        "The contract's `required`.",
        bodies(errors.terse, errors=True),
    ),
    Twin(
        "error-pages",
        "Errors are web pages, text in GBK, or empty.",
        "Where no page documents their body; RFC 9110 section 15.5 leaves it open.",
        behaves=each(errors.undocumented),
        applies=leaves_errors_open,
        unsurvived=frozenset({"CLIENT-ERROR-02"}),
    ),
    # How it writes JSON.
    Twin("pretty", "JSON is indented by tabs, with CRLF.", "RFC 8259 section 2", behaves=writing.written(writing.pretty)),
    Twin(
        "escaped", "Every character of every string is escaped.", "RFC 8259 section 7", behaves=writing.written(writing.escaped)
    ),
    Twin(
        "surrounded",
        "White space stands before and after the JSON text.",
        "RFC 8259 section 2",
        behaves=writing.written(writing.surrounded),
    ),
    Twin(
        "exponents",
        "Numbers have exponents and fractions, others in a list than alone.",
        "RFC 8259 section 6; 1E+3 is the integer 1000 (JSON Schema 2020-12 Core section 4.2.3).",
        behaves=writing.written(writing.exponents),
    ),
    # Its fields.
    Twin(
        "media-types",
        "application/json is spelled in any case, with blanks, parameters and quotes.",
        "RFC 9110 section 8.3.1",
        behaves=fields.media_type(*fields.MEDIA_TYPES),
    ),
    Twin(
        "quoted-media-types",
        "A parameter's value has a semicolon and the word charset between quotes.",
        "RFC 9110 section 5.6.4",
        behaves=fields.media_type(*fields.QUOTED_MEDIA_TYPES),
    ),
    Twin(
        "content-network",
        "Sixteen fields of content delivery networks and proxies.",
        "RFC 9110 section 5.1: unknown fields are ignored.",
        behaves=fields.beside(*fields.NETWORK),
    ),
    Twin(
        "cookies",
        "Two cookies are set with every answer.",
        "RFC 6265 section 3",
        behaves=always(lambda answer: answer.having("Set-Cookie", *fields.COOKIES)),
    ),
    Twin(
        "vary-twice",
        "Vary stands on two lines and names a field twice.",
        "RFC 9110 section 5.3",
        behaves=always(fields.vary_twice),
    ),
    Twin("any-case-fields", "The names of fields are in any case.", "RFC 9110 section 5.1", behaves=each(fields.any_case)),
    Twin(
        "quotas",
        "Every answer says what is left of a limit, in any of three dialects.",
        "Fields that the page does not speak of.",
        behaves=each(fields.quotas),
    ),
    Twin(
        "challenges",
        "A 401 names other schemes beside Bearer, on several lines, in any case.",
        "RFC 9110 section 11.6.1",
        behaves=each(fields.challenges),
        applies=takes_keys,
    ),
    Twin(
        "caching",
        "Cache-Control has more directives, in another order and case, on two lines.",
        "RFC 9111 section 5.2",
        behaves=always(fields.caching),
        applies=has_tags,
    ),
    # Its entity tags.
    Twin(
        "weak-tags",
        "Entity tags are weak.",
        "RFC 9110 section 8.8.1; the page asks for a hash.",
        behaves=tags.tagged(tags.weak),
        applies=has_tags,
    ),
    Twin(
        "odd-tags",
        "Entity tags have commas, a backslash and a letter above ASCII in them.",
        "RFC 9110 section 8.8.3",
        behaves=tags.tagged(tags.odd),
        applies=has_tags,
    ),
    Twin(
        "empty-tags",
        "Every entity tag is the empty weak one.",
        "RFC 9110 section 8.8.3",
        behaves=tags.tagged(tags.empty),
        applies=has_tags,
    ),
    Twin(
        "deployed-tags",
        "Entity tags are others after each deployment.",
        "RFC 9110 section 8.8.1: a tag may change more often than the body.",
        behaves=tags.tagged(tags.deployed),
        applies=has_tags,
    ),
    Twin(
        "undocumented-tags",
        "Lists have entity tags, and answer 304, where no page says so.",
        "RFC 9110 section 13.1.2",
        behaves=tags.tagged(tags.deployed, everywhere=True),
    ),
    Twin(
        "talkative-304",
        "A 304 has fields beyond those that it repeats.",
        "RFC 9110 section 15.4.5",
        behaves=tags.tagged(tags.deployed, extra=(*fields.NETWORK, ("Expires", "0"), ("Content-Location", "/v1/models"))),
        applies=has_tags,
    ),
    # Its codings.
    Twin(
        "gzip",
        "Bodies are compressed, and their tags weak.",
        "RFC 9110 section 8.4.1.3",
        behaves=coding.coded("gzip", coding.whole),
    ),
    Twin(
        "gzip-members",
        "Compressed bodies have several members, one of them empty.",
        "RFC 1952 section 2.2",
        behaves=coding.coded("gzip", coding.members),
    ),
    Twin(
        "gzip-described",
        "A compressed body has a name, a comment and more in its header; the coding is written X-GZip.",
        "RFC 1952 section 2.3.1, RFC 9110 section 8.4.1.3",
        behaves=coding.coded("X-GZip", coding.described),
    ),
    Twin(
        "brotli",
        "Bodies are coded by brotli for clients that ask for it, and as they are for others.",
        "RFC 9110 section 12.5.3",
        behaves=coding.coded("br", coding.brotli),
    ),
    Twin("deflate", "The same by deflate.", "RFC 9110 section 12.5.3", behaves=coding.coded("deflate", coding.deflate)),
    # What it does with requests that the contract leaves open.
    Twin(
        "no-head",
        "HEAD is not offered.",
        "The contract allows 404, 405 and 501.",
        behaves=conduct.method("HEAD", NOT_ALLOWED, NOT_FOUND, NOT_IMPLEMENTED, ALLOWED_TWICE),
    ),
    Twin(
        "options",
        "OPTIONS is answered 200, 204, 400, 401, 404, 405 or 501.",
        "The contract asks for no 5xx but 501, and for Allow at 405.",
        behaves=conduct.method(
            "OPTIONS",
            Answer(200, (("Allow", "GET"),)),
            Answer(204, (("Access-Control-Allow-Methods", "GET"),)),
            REFUSED,
            UNAUTHORIZED,
            NOT_FOUND,
            NOT_ALLOWED,
            ALLOWED_TWICE,
            NOT_IMPLEMENTED,
        ),
    ),
    Twin(
        "post",
        "POST is answered 400, 401, 404, 405 or 501.",
        "The contract asks for neither 2xx nor 5xx but 501, and for Allow at 405.",
        behaves=conduct.method("POST", REFUSED, UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED, ALLOWED_TWICE, NOT_IMPLEMENTED),
    ),
    Twin(
        "bad-values",
        "An undocumented value of a parameter is refused, or no model has it.",
        "The contract allows 200 and 400.",
        behaves=conduct.bad_values(REFUSED),
        applies=has_parameters,
    ),
    Twin(
        "by-key",
        "Each key sees other models, and nobody others again.",
        "The pages speak of the models of a key.",
        behaves=conduct.by_key,
        applies=takes_keys,
    ),
    Twin(
        "default-group",
        "Who has no key sees three models.",
        "The pages speak of a default group.",
        behaves=conduct.default_group,
        applies=takes_keys,
    ),
    # What changes meanwhile.
    Twin(
        "shuffling",
        "The models of a plain list come in another order at every call.",
        "No page promises an order of the plain list; RFC 9110 section 8.8.1 for the weak tag.",
        behaves=conduct.shuffling,
    ),
    Twin(
        "growing",
        "Models are added in the middle of the run.",
        "A list is that of its moment.",
        behaves=conduct.changing(3, grows=True),
    ),
    Twin(
        "shrinking",
        "Models are taken away in the middle of the run.",
        "A list is that of its moment.",
        behaves=conduct.changing(3, grows=False),
    ),
    Twin(
        "limited-seconds",
        "One request is answered 429 with Retry-After in seconds.",
        "RFC 6585 section 4, RFC 9110 section 10.2.3",
        behaves=conduct.trouble(conduct.limited(("Retry-After", "7")), conduct.limited(("Retry-After", "0"))),
        unsurvived=frozenset({"CLIENT-RETRY-01"}),
    ),
    Twin(
        "limited-date",
        "One request is answered 429 with Retry-After as a date.",
        "RFC 9110 section 10.2.3",
        behaves=conduct.trouble(
            conduct.limited(("Date", "Sat, 21 Nov 2026 00:00:00 GMT"), ("Retry-After", "Sat, 21 Nov 2026 00:00:20 GMT"))
        ),
    ),
    Twin(
        "limited-otherwise",
        "One request is answered 429 with Retry-After-Ms, or without a word of when.",
        "RFC 6585 section 4: Retry-After may be absent.",
        behaves=conduct.trouble(conduct.limited(("Retry-After-Ms", "250")), conduct.limited()),
    ),
    Twin(
        "unavailable-once",
        "One request is answered 500, 502, 503 or 504 by a proxy.",
        "The suite's own rule: an outage is no breach.",
        behaves=conduct.trouble(
            conduct.out_of_order(503, ("Retry-After", "3")), *(conduct.out_of_order(status) for status in (500, 502, 503, 504))
        ),
    ),
    Twin("slow", "An answer takes up to 9 s.", "No page promises a time.", behaves=conduct.slow),
    # How it comes over a socket.
    Twin(
        "chunked",
        "Bodies are chunked, with extensions, leading zeros and a trailer.",
        "RFC 9112 section 7.1",
        framing=wire.chunked,
    ),
    Twin(
        "chunked-gzip",
        "Bodies are compressed and chunked.",
        "RFC 9112 section 6.1",
        behaves=coding.coded("gzip", coding.whole),
        framing=wire.chunked,
    ),
    Twin("until-close", "Bodies end where the connection does.", "RFC 9112 section 6.3", framing=wire.until_close),
    Twin("http-1.0", "Answers are HTTP/1.0.", "RFC 9112 section 2.3", framing=wire.version_1_0),
    Twin("closing", "Every answer has a connection of its own.", "RFC 9112 section 9.6", framing=wire.closing),
    Twin("leaving", "Connections are closed between answers without a word.", "RFC 9112 section 9.5", framing=wire.leaving),
    Twin("dripping", "Answers come byte by byte.", "RFC 9293 section 3.8: TCP has no messages.", framing=wire.dripping),
    Twin(
        "interim",
        "Interim answers 103, 100 and 102 come before the answer.",
        "RFC 9110 section 15.2",
        framing=wire.after_interim,
    ),
    Twin("speechless", "The reason phrase is empty, or Chinese.", "RFC 9112 section 4", framing=wire.speechless),
    Twin(
        "spaced-fields", "Any white space, or none, is around the values of fields.", "RFC 9112 section 5", framing=wire.spaced
    ),
    Twin("crowded", "Ninety more fields, some of them empty.", "RFC 9110 section 5.4", framing=wire.crowded),
    Twin(
        "measured",
        "HEAD and 304 say how long the body would be.",
        "RFC 9110 section 8.6",
        behaves=conduct.measured,
        framing=wire.plain,
    ),
)
