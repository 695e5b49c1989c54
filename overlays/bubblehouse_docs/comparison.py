"""Compares a page with what the contract says of its function."""

from collections import Counter
from collections.abc import Iterator

from bubblehouse_docs import wording
from bubblehouse_docs.claims import Body, Claim, ErrorClaim, FieldClaim, Function
from bubblehouse_docs.contract import Contract
from bubblehouse_docs.findings import NO_TYPE, NOT_STATED, NOTHING, Finding, Kind
from bubblehouse_docs.interpretation import AUTHENTICATION, KIND, METHOD, URL
from bubblehouse_docs.lines import Stated
from bubblehouse_docs.page import ErrorRow, Field, Page, Section


def functions_of(page: Page, contract: Contract) -> list[Function]:
    """Return the contract's function that a page is about, by its heading or else its URL, once for each verb."""
    names = (page.function.text if page.function else "", wording.function_in(_text(page.facts.get(URL))))
    return next((found for name in names if name and (found := contract.functions(name))), list[Function]())


def version_of(page: Page) -> str:
    """Return the global version in a page's URL; empty if there is none."""
    return wording.version_in(_text(page.facts.get(URL)))


def compare(page: Page, functions: list[Function], contract: Contract) -> list[Finding]:
    """List where a page and the contract don't agree.

    Args:
        page: The page.
        functions: What the contract says of its function; nothing if it lacks it.
        contract: The contract.

    Returns:
        The differences, by the page's lines; those with nothing on the page come last.
    """
    found = [*_name(page, functions[0] if functions else None, contract), *_unclear(page), *_version(page, contract)]
    if functions:
        found += _section("input", page.input, functions[0].input)
    for function in functions:
        known = {(finding.kind, finding.what, finding.line) for finding in found}
        said = [*_call(page, function), *_tokens(page, function), *_errors(page, function)]
        said += _section("output", page.output, function.output)
        found += (finding for finding in said if (finding.kind, finding.what, finding.line) not in known)
    return sorted(found, key=lambda finding: (finding.line == 0, finding.line))


def _text(stated: Stated | None) -> str:
    return stated.text if stated else ""


def _line(stated: Stated | None) -> int:
    return stated.line if stated else 0


def _beside(what: str, said: Stated | None, claim: Claim, *, agrees: bool) -> Iterator[Finding]:
    """Put one thing that a page should say beside what the contract says."""
    if not _text(said):
        yield Finding(Kind.NOT_STATED, what, NOT_STATED, _line(said), claim.text, claim.place)
    elif not agrees:
        yield Finding(Kind.DIFFERS, what, _text(said), _line(said), claim.text, claim.place)


def _page_only(what: str, page: str, line: int, claim: Claim, contract: str = "") -> Finding:
    return Finding(Kind.PAGE_ONLY, what, page, line, contract, claim.place)


def _contract_only(what: str, line: int, claim: Claim, *, assumed: bool = False) -> Finding:
    reason = "an assumption, with its reason in that overlay" if assumed else ""
    return Finding(Kind.CONTRACT_ONLY, what, NOTHING, line, claim.text, claim.place, reason)


def _unclear(page: Page) -> Iterator[Finding]:
    for row in page.unclear:
        yield Finding(Kind.UNCLEAR, "row", row.text or "a row without words", row.line, "", None)


def _name(page: Page, function: Function | None, contract: Contract) -> Iterator[Finding]:
    name, url = page.function, page.facts.get(URL)
    if function is None:
        said = name or Stated(wording.function_in(_text(url)), _line(url))
        yield Finding(Kind.PAGE_ONLY, "function", said.text, said.line, "", contract.beginning)
        if name and url and wording.function_in(url.text) != name.text:
            yield Finding(Kind.UNCLEAR, "url", url.text, url.line, f"the heading says {name.text}", None)
    else:
        yield from _beside("function", name, function.name, agrees=_text(name) == function.name.text)


def _call(page: Page, function: Function) -> Iterator[Finding]:
    method, kind, url = page.facts.get(METHOD), page.facts.get(KIND), page.facts.get(URL)
    whole = Claim(" or ".join(function.verbs), next(iter(function.verbs.values())).place)
    yield from _beside("verbs", method, whole, agrees=True)
    if _text(method):
        verbs = wording.verbs_of(_text(method))
        for verb in (verb for verb in verbs if verb not in function.verbs):
            yield _page_only(f"verb {verb}", verb, _line(method), whole, whole.text)
        for verb, claim in function.verbs.items():
            if verb not in verbs:
                yield Finding(Kind.CONTRACT_ONLY, f"verb {verb}", _text(method), _line(method), verb, claim.place)
    yield from _beside("kind", kind, function.kind, agrees=wording.KINDS.get(_text(kind)) == function.kind.text)
    if page.heading_kind:
        agrees = wording.KINDS[page.heading_kind.text] == function.kind.text
        yield from _beside("kind in the heading", page.heading_kind, function.kind, agrees=agrees)
    yield from _beside("url", url, function.url, agrees=wording.is_url(_text(url), function.url.text))


def _version(page: Page, contract: Contract) -> Iterator[Finding]:
    url = page.facts.get(URL)
    if _text(url):
        versions = Claim(" or ".join(contract.versions), next(iter(contract.versions.values())).place)
        version = Stated(wording.version_in(_text(url)), _line(url))
        yield from _beside("version", version, versions, agrees=version.text in contract.versions)


def _tokens(page: Page, function: Function) -> Iterator[Finding]:
    said = page.facts.get(AUTHENTICATION)
    whole = Claim(", ".join(function.tokens) or "none", function.name.place)
    yield from _beside("tokens", said, whole, agrees=True)
    if not _text(said):
        return
    printed = Counter(wording.scheme_of(token) for token in wording.tokens_of(_text(said)))
    for token, times in printed.items():
        if token not in function.tokens:
            yield _page_only(f"token {token}", token, _line(said), whole, whole.text)
        elif times > 1:
            yield Finding(Kind.UNCLEAR, f"token {token}", "stated twice", _line(said), token, whole.place)
    for token, claim in function.tokens.items():
        if token not in printed:
            yield Finding(Kind.CONTRACT_ONLY, f"token {token}", _text(said), _line(said), token, claim.place)


def _section(what: str, section: Section | None, body: Body) -> Iterator[Finding]:
    documented = {name: claim for name, claim in body.fields.items() if not claim.assumed}
    said = section.fields if section else ()
    whole = section.type if section else None
    if whole and whole.text != body.name:
        yield Finding(Kind.DIFFERS, f"{what} type", whole.text, whole.line, body.name or NO_TYPE, body.place)
    if section and section.link and section.link != body.name:
        yield Finding(Kind.DIFFERS, f"{what} link", section.link, _line(whole), body.name or NO_TYPE, body.place)
    if not said and not whole and documented:
        line = section.line if section else 0
        yield Finding(Kind.NOT_STATED, what, NOT_STATED, line, ", ".join(documented), body.place)
    named = Counter(field.name for field in said if field.name)
    nameless = [field for field in said if not field.name]
    yield from _named(what, said, body)
    for name in (name for name, times in named.items() if times > 1):
        line = [field.line for field in said if field.name == name][-1]
        yield Finding(Kind.UNCLEAR, f"{what}.{name}", "stated twice", line, "", body.place)
    missing = [name for name in documented if name not in named] if said else []
    for name in missing:
        claim = _of_field(body.fields[name])
        if nameless:
            yield Finding(Kind.NOT_STATED, f"{what}.{name}", NOT_STATED, nameless[0].line, claim.text, claim.place)
        else:
            yield _contract_only(f"{what}.{name}", section.line if section else 0, claim)
    for field in nameless[len(missing) :]:
        row = f"a field without a name {field.type} {field.presence}".strip()
        yield Finding(Kind.PAGE_ONLY, what, row, field.line, "", body.place)
    for name, assumed in body.fields.items():
        if assumed.assumed and name not in named:
            yield _contract_only(f"{what}.{name}", section.line if section else 0, _of_field(assumed), assumed=True)


def _of_field(field: FieldClaim) -> Claim:
    return Claim(f"{field.type} {field.presence}", field.place)


def _named(what: str, said: tuple[Field, ...], body: Body) -> Iterator[Finding]:
    for field in said:
        claim = body.fields.get(field.name)
        where = f"{what}.{field.name}"
        if field.name and (claim is None or claim.assumed):
            row = f"{field.type or NOT_STATED} {field.presence or NOT_STATED}"
            contract, place = (f"assumed: {claim.type} {claim.presence}", claim.place) if claim else ("", body.place)
            yield Finding(Kind.PAGE_ONLY, where, row, field.line, contract, place)
        if claim:
            printed = wording.type_of(field.type)
            # Whether null is allowed is seldom printed; where it isn't, nothing is said about it.
            type_claim = claim.type if printed.endswith(" or null") else claim.type.removesuffix(" or null")
            expected = Claim(type_claim, claim.place)
            yield from _beside(f"{where} type", Stated(field.type, field.line), expected, agrees=printed == type_claim)
            presence = Stated(field.presence, field.line)
            expected = Claim(claim.presence, claim.place)
            yield from _beside(f"{where} presence", presence, expected, agrees=presence.text == claim.presence)
        if field.link and field.link != (claim.link if claim else field.link):
            link = claim.link if claim and claim.link else NO_TYPE
            yield Finding(Kind.DIFFERS, f"{where} link", field.link, field.line, link, claim.place if claim else None)


def _errors(page: Page, function: Function) -> Iterator[Finding]:
    left = list(function.errors)
    tables = {wording.SCOPES.get(heading, heading): line for heading, line in page.error_tables.items()}
    seen: set[tuple[str, str]] = set()
    for row in page.errors:
        if (row.id.text, row.status.text) in seen:
            yield Finding(Kind.UNCLEAR, f"error {row.id.text}", "stated twice", row.id.line, "", function.name.place)
            continue
        seen.add((row.id.text, row.status.text))
        scope = wording.SCOPES.get(row.scope, row.scope)
        same = [claim for claim in left if claim.id == row.id.text]
        same.sort(key=lambda claim: (claim.status != row.status.text, claim.scope != scope))
        if not row.id.text:
            yield Finding(Kind.NOT_STATED, "error id", NOT_STATED, row.id.line, f"{row.status.text} {scope}", None)
        elif not same:
            yield _page_only(
                f"error {row.id.text}", f"{row.status.text or NOT_STATED} {scope}", row.id.line, function.name
            )
        else:
            left.remove(same[0])
            yield from _error(row, scope, same[0])
    for claim in left:
        line = tables.get(claim.scope, 0)
        said = Claim(f"{claim.status} {claim.scope}", claim.place)
        yield _contract_only(f"error {claim.id}", line, said, assumed=claim.assumed)


def _error(row: ErrorRow, scope: str, claim: ErrorClaim) -> Iterator[Finding]:
    what = f"error {claim.id}"
    if claim.assumed:
        yield Finding(
            Kind.PAGE_ONLY,
            what,
            f"{row.status.text} {scope}",
            row.id.line,
            f"assumed: {claim.status} {claim.scope}",
            claim.place,
        )
    status = Claim(claim.status, claim.status_place)
    yield from _beside(f"{what} status", row.status, status, agrees=row.status.text == claim.status)
    if scope != claim.scope:
        yield Finding(Kind.DIFFERS, f"{what} scope", row.scope, row.id.line, claim.scope, claim.place)
    if not row.reason:
        yield Finding(
            Kind.NOT_STATED, f"{what} reason", NOT_STATED, row.id.line, "stated" if claim.reason else "", claim.place
        )
    elif not claim.reason:
        yield _page_only(f"{what} reason", "stated", row.id.line, Claim("", claim.place))
    if row.example and row.example.text != claim.id:
        yield Finding(Kind.DIFFERS, f"{what} example", row.example.text, row.example.line, claim.id, claim.place)
