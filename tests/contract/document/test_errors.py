"""Errors: one schema per id, and per status a union that its discriminator, examples and members agree on."""

from collections import Counter

from tests.contract.document.reader import Node, error_id, follow, operations, responses, target
from tests.contract.document.tables import class_name

from bubblehouse_codegen.documents import Document


def error_schemas(document: Document) -> dict[str, str]:
    """The schemas of single errors, as name → id."""
    schemas: dict[str, Node] = document["components"]["schemas"]
    return {name: id_ for name, schema in schemas.items() if (id_ := error_id(schema)) is not None}


def unions(document: Document) -> dict[str, Node]:
    """The bodies of all error responses with a documented status, as label → media type object."""
    referred = dict(document["components"]["responses"]) | {label: found for label, _, found in responses(document)}
    bodies = {label: found["content"]["application/json"] for label, found in referred.items()}
    return {label: body for label, body in bodies.items() if "oneOf" in body["schema"]}


def test_an_id_has_one_schema_named_after_it(document: Document) -> None:
    found = error_schemas(document)
    assert {name: class_name(id_) for name, id_ in found.items()} == {name: name for name in found}
    assert [id_ for id_, number in Counter(found.values()).items() if number > 1] == []


def test_an_error_says_where_it_comes_from(document: Document) -> None:
    schemas = document["components"]["schemas"]
    scopes = {name: schemas[name].get("x-bubblehouse-error-scope") for name in error_schemas(document)}
    assert scopes
    assert {name for name, scope in scopes.items() if scope not in {"global", "api", "operation"}} == set()


def test_an_error_of_one_call_is_answered_by_that_call_alone(document: Document) -> None:
    callers: dict[str, set[str]] = {}
    for label, body in unions(document).items():
        for member in body["schema"]["oneOf"]:
            if follow(document, member)["x-bubblehouse-error-scope"] == "operation":
                # One function may have several numbers.
                callers.setdefault(member["$ref"], set()).add(label.split()[0].rstrip("0123456789"))
    assert callers
    assert {error: calls for error, calls in callers.items() if len(calls) > 1} == {}


def test_every_error_is_answered_somewhere(document: Document) -> None:
    members = [member["$ref"] for body in unions(document).values() for member in body["schema"]["oneOf"]]
    assert {reference.rpartition("/")[2] for reference in members} == set(error_schemas(document))


def test_every_error_status_is_a_union(document: Document) -> None:
    labels = {label for label, status, _ in responses(document) if status.startswith(("4", "5"))}
    assert labels
    assert labels - set(unions(document)) == set()


def test_members_discriminator_and_examples_agree(document: Document) -> None:
    for label, body in unions(document).items():
        references = [member["$ref"] for member in body["schema"]["oneOf"]]
        members = {error_id(target(document, reference)): reference for reference in references}
        assert len(members) == len(references), label
        discriminator = body["schema"]["discriminator"]
        assert discriminator["propertyName"] == "id", label
        assert discriminator["mapping"] == members, label
        named = {name: example["value"]["id"] for name, example in body["examples"].items()}
        assert named == dict(zip(members, members, strict=True)), label


def test_an_example_is_the_same_in_schema_and_response(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for label, body in unions(document).items():
        for id_, example in body["examples"].items():
            assert schemas[class_name(id_)]["examples"] == [example["value"]], f"{label} {id_}"


def test_what_is_not_documented_has_the_general_form(document: Document) -> None:
    for label, _, operation in operations(document):
        default = follow(document, operation["responses"]["default"])
        assert default["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}, label
    assert document["components"]["schemas"]["Error"].get("required", []) == []
