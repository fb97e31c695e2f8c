"""XLSForm's types of rows with their older names: what ours they are."""

import re
from dataclasses import dataclass

_ONE = r"(?:select[ _]one|select1|select[ _]one[ _]from|add select one prompt using)"
_MANY = (
    r"(?:select[ _]multiple|select[ _]all[ _]that[ _]apply|select|"
    r"select[ _]multiple[ _]from|add select multiple prompt using)"
)
_FROM = r"(?:(?:[ _]from)?\s+(?:from\s+)?)"
_SELECT_FILE = re.compile(r"select_(one|multiple)_from_file\s+(\S+)", re.IGNORECASE)
_SELECT_ONE = re.compile(rf"{_ONE}{_FROM}(.+)", re.IGNORECASE)
_SELECT_EXTERNAL = re.compile(r"select_one_external\s+(\S+)", re.IGNORECASE)
_SELECT_MANY = re.compile(rf"{_MANY}{_FROM}(.+)", re.IGNORECASE)
_RANK = re.compile(r"(?:odk:)?rank\s+(?:from\s+)?(.+)", re.IGNORECASE)
_OTHER = re.compile(r"\s+(?:or[ _]other|or specify other)\s*$", re.IGNORECASE)
_BEGIN = re.compile(
    r"begin[ _:]\s*(lgroup|group|repeat|loop|looped group)(?:\s+over\s+(.+))?", re.I
)
_END = re.compile(r"end[ _:]\s*(lgroup|group|repeat|loop|looped group)", re.IGNORECASE)

#: One kind per plain type; "" for what is no question of ours, with the reason beside it.
_KINDS = {
    "text": "short_text", "string": "short_text", "note": "statement", "integer": "number",
    "int": "number", "decimal": "number", "range": "slider", "date": "date", "time": "time",
    "datetime": "date", "acknowledge": "consent", "trigger": "consent", "barcode": "short_text",
    "hidden": "hidden", "image": "file", "photo": "file", "audio": "file", "video": "file",
    "file": "file", "phone": "phone",
}  # fmt: skip
_LONGER = {
    "q string": "text", "add text prompt": "text", "string (text)": "text", "q int": "integer",
    "add integer prompt": "integer", "q decimal": "decimal", "add decimal prompt": "decimal",
    "add note prompt": "note", "q note": "note", "q image": "image", "add image prompt": "image",
    "q picture": "image", "picture": "image", "q audio": "audio", "add audio prompt": "audio",
    "q video": "video", "add video prompt": "video", "add file prompt": "file", "q date": "date",
    "add date prompt": "date", "q time": "time", "add time prompt": "time",
    "add date time prompt": "datetime", "date time": "datetime", "q dateTime": "datetime",
    "add acknowledge prompt": "acknowledge", "q acknowledge": "acknowledge",
    "add barcode prompt": "barcode", "q barcode": "barcode", "q location": "geopoint",
    "add location prompt": "geopoint", "location": "geopoint", "gps": "geopoint",
    "q geopoint": "geopoint", "q geoshape": "geoshape", "q geotrace": "geotrace",
    "q calculate": "calculate", "calculation": "calculate", "add calculate prompt": "calculate",
    "get device id": "deviceid", "device id": "deviceid", "get start time": "start",
    "start time": "start", "get end time": "end", "end time": "end", "get today": "today",
    "phone number": "phone", "q phone number": "phone", "image/*": "image", "int32": "integer",
    "background audio": "background-audio",
}  # fmt: skip
_REFUSED = {
    "geopoint": "location", "geotrace": "location", "geoshape": "location",
    "start-geopoint": "location", "osm": "location", "calculate": "calculation",
    "background-audio": "metadata", "background-geopoint": "metadata", "audit": "metadata",
    "start": "times_kept", "end": "times_kept", "today": "times_kept",
    "xml-external": "external_list", "csv-external": "external_list",
}  # fmt: skip
_METADATA = frozenset(
    [
        "deviceid",
        "imei",
        "username",
        "email",
        "phonenumber",
        "subscriberid",
        "simserial",
        "uri:deviceid",
        "uri:username",
        "uri:email",
        "uri:phonenumber",
        "uri:subscriberid",
        "uri:simserial",
        "property",
    ]
)


@dataclass(frozen=True)
class RowType:
    """What a row is: `what` is begin, end, question or refused.

    `kind` ours, `list_name` the choices it uses, `reason` why it is not the same or not there.
    """

    what: str
    kind: str = ""
    list_name: str = ""
    other: bool = False
    reason: str = ""
    plain: str = ""


def row_type(text: str) -> RowType:
    """Read the type cell of a row."""
    wanted = " ".join(text.split())
    if found := _BEGIN.fullmatch(wanted):
        word = "repeat" if found[1].lower() in ("repeat", "loop", "looped group") else "group"
        return RowType("begin", plain=word, list_name=found[2] or "")
    if _END.fullmatch(wanted):
        return RowType("end")
    return _select(wanted) or _plain(wanted.lower())


def _select(wanted: str) -> RowType | None:
    other = bool(_OTHER.search(wanted))
    bare = _OTHER.sub("", wanted)
    if found := _SELECT_FILE.match(bare):
        return RowType("refused", reason="external_list", plain=found[2])
    if found := _SELECT_EXTERNAL.fullmatch(bare):
        return RowType("question", "single", found[1].strip(), other)
    for pattern, kind in ((_SELECT_ONE, "single"), (_SELECT_MANY, "multiple"), (_RANK, "ranking")):
        if found := pattern.fullmatch(bare):
            return RowType("question", kind, found[1].strip(), other)
    return None


def _plain(wanted: str) -> RowType:
    low = _LONGER.get(wanted, wanted)
    if low in _REFUSED:
        return RowType("refused", reason=_REFUSED[low], plain=low)
    if low in _METADATA:
        return RowType("refused", reason="metadata", plain=low)
    if low in _KINDS:
        reason = {"datetime": "date_only", "barcode": "barcode"}.get(low, "")
        return RowType("question", _KINDS[low], reason=reason, plain=low)
    return RowType("refused", reason="unknown_type", plain=low)
