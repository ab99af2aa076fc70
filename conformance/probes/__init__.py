"""The probes by name: what `check: {probe: …}` in requirements.yaml may say."""

from collections.abc import Mapping

from conformance.case import Probe
from conformance.probes.authorization import (
    Anonymous,
    Challenge,
    JsonRefusal,
    KeyNotEchoed,
    MalformedAuthorization,
    MissingKey,
    SchemeCase,
    WrongKey,
)
from conformance.probes.caching import CacheControl, EntityTag, Modified, NotModified, NotModifiedHeaders, TagLaw
from conformance.probes.filtering import Alias, FilterBy, FilterList, FiltersJoined, Search
from conformance.probes.limiting import RateLimit, RetryAfter
from conformance.probes.listing import (
    Answers,
    BadValue,
    Constant,
    Harmless,
    MediaType,
    Repeat,
    Shown,
    UnknownParameter,
    Unpaged,
)
from conformance.probes.methods import Head, Options, OtherMethod
from conformance.probes.retrieving import Retrieve, RetrieveEqual, RetrieveUnknown
from conformance.probes.sorting import Sort, SortPermutation

PROBES: Mapping[str, type[Probe]] = {
    "answers": Answers,
    "media-type": MediaType,
    "shown": Shown,
    "harmless": Harmless,
    "unknown-parameter": UnknownParameter,
    "repeat": Repeat,
    "constant": Constant,
    "unpaged": Unpaged,
    "bad-value": BadValue,
    "head": Head,
    "options": Options,
    "method": OtherMethod,
    "missing-key": MissingKey,
    "wrong-key": WrongKey,
    "malformed-authorization": MalformedAuthorization,
    "scheme-case": SchemeCase,
    "anonymous": Anonymous,
    "challenge": Challenge,
    "key-not-echoed": KeyNotEchoed,
    "json-refusal": JsonRefusal,
    "filter": FilterBy,
    "filter-list": FilterList,
    "filters-joined": FiltersJoined,
    "search": Search,
    "alias": Alias,
    "sort": Sort,
    "sort-permutation": SortPermutation,
    "etag": EntityTag,
    "tag-law": TagLaw,
    "not-modified": NotModified,
    "not-modified-headers": NotModifiedHeaders,
    "modified": Modified,
    "cache-control": CacheControl,
    "retrieve": Retrieve,
    "retrieve-equal": RetrieveEqual,
    "retrieve-unknown": RetrieveUnknown,
    "rate-limit": RateLimit,
    "retry-after": RetryAfter,
}
