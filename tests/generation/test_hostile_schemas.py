"""Schemas that Python code can't be made of, or that would mean something else in it, are refused by name."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bubblehouse_codegen.documents import Document, load

Edits = Mapping[tuple[str | int, ...], object]
Refusal = Callable[[Edits], str]

ECHO = load(Path(__file__).parent / "echo_note.yaml")
POST = ("paths", "/{shop}/EchoNote1", "post")
ERROR_ANSWER = (*POST, "responses", "422", "content")
CHOICES = (*ERROR_ANSWER, "application/json", "schema")
SCHEMAS = ("components", "schemas")
ERROR = (*SCHEMAS, "NoteTooLongError")
BODY = (*POST, "requestBody", "content", "application/json", "schema")
ANSWER = (*POST, "responses", "200", "content", "application/json", "schema")
TEXT = {"type": "string"}
MONEY = {"$ref": "#/components/schemas/Monetary"}
NOTE_TOO_LONG = ECHO["components"]["schemas"]["NoteTooLongError"]
ERROR_SCHEMA = ECHO["paths"]["/{shop}/EchoNote1"]["post"]["responses"]["422"]["content"]["application/json"]["schema"]


def answered(schema: object) -> Edits:
    return {CHOICES: schema}


def both_ways(**properties: object) -> Edits:
    return {(*place, "properties", name): part for place in (BODY, ANSWER) for name, part in properties.items()}


def named_error(name: str) -> Edits:
    reference = f"#/components/schemas/{name}"
    mapping = {"propertyName": "id", "mapping": {"note_too_long": reference}}
    return {
        ERROR: ...,
        (*SCHEMAS, name): NOTE_TOO_LONG,
        **answered({"oneOf": [{"$ref": reference}], "discriminator": mapping}),
    }


def named_model(name: str, **schema: object) -> Edits:
    reference = {"$ref": f"#/components/schemas/{name}"}
    properties = {"amount": MONEY, "again": reference, "all": {"type": "array", "items": reference}}
    schema = {"type": "object", "properties": properties, **schema}
    return {(*SCHEMAS, name): schema, **both_ways(zz=reference)}


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(answered({"$ref": "#/components/schemas/NoteTooLongError"}), id="a plain $ref"),
        pytest.param(answered({"anyOf": ERROR_SCHEMA["oneOf"]}), id="anyOf"),
        pytest.param(answered({**ERROR_SCHEMA, "oneOf": [NOTE_TOO_LONG]}), id="a schema in line"),
        pytest.param(answered({**ERROR_SCHEMA, "oneOf": [*ERROR_SCHEMA["oneOf"], TEXT]}), id="one in line, one not"),
        pytest.param(answered({**ERROR_SCHEMA, "oneOf": []}), id="an empty oneOf"),
        pytest.param(
            {(*ERROR_ANSWER, "application/json"): ..., (*ERROR_ANSWER, "application/problem+json"): {"schema": TEXT}},
            id="problem+json",
        ),
        pytest.param({ERROR_ANSWER: ...}, id="no body"),
        pytest.param({(*ERROR, "description"): ...}, id="no description"),
        pytest.param({(*ERROR, "description"): " "}, id="a description that says nothing"),
        pytest.param({(*ERROR, "properties"): ...}, id="no properties"),
        pytest.param({(*ERROR, "properties"): {"id": {"enum": ["x"]}}}, id="no const"),
        pytest.param({(*ERROR, "properties"): {"id": {"const": 5}}}, id="a number for id"),
        pytest.param({(*ERROR, "x-bubblehouse-error-scope"): ...}, id="no scope"),
        pytest.param(
            {
                (*SCHEMAS, "OtherError"): NOTE_TOO_LONG,
                (*CHOICES, "oneOf", 1): {"$ref": "#/components/schemas/OtherError"},
            },
            id="two schemas of one status and id",
        ),
        pytest.param(
            {(*CHOICES, "discriminator", "mapping"): {"other": "#/components/schemas/NoteTooLongError"}},
            id="a mapping that names another id",
        ),
        pytest.param({(*CHOICES, "discriminator"): ...}, id="no discriminator"),
        pytest.param(
            {(*POST, "responses", "404"): {"content": {"application/json": {"schema": ERROR_SCHEMA}}}}, id="two"
        ),
        pytest.param(answered({**ERROR_SCHEMA, "oneOf": [{"$ref": "#/components/schemas/NoSuchError"}]}), id="missing"),
    ],
)
def test_an_error_has_one_status_one_id_one_schema_and_a_cause(refusal: Refusal, edits: Edits) -> None:
    assert re.search("EchoNote1|NoteTooLongError|NoSuchError", refusal(edits))


@pytest.mark.parametrize(
    "name",
    [
        *("foo-bar", "noteError", "Foo.BarError", "Note_TooError", "1Error", "NoteTooLong", "class", "str", "Érror"),
        *("ClassVar", "Exception", "TimeoutError", "ValueError", "APIError", "NotFoundError", "STATUS_CLASSES"),
    ],
)
def test_the_schema_of_an_error_can_name_its_class(refusal: Refusal, name: str) -> None:
    assert name in refusal(named_error(name))


@pytest.mark.parametrize(
    "name",
    [
        *("Decimal", "Model", "Unset", "UNSET", "Field", "Array", "Nested", "Nullable", "Integer", "EmptyAsNone"),
        *("ClassVar", "Literal", "TypeAlias", "Final", "Api", "Operation", "MONEY", "JSON", "STRING", "TIME", "DAY"),
        *("SyncClient", "AsyncClient", "LoyaltyClient", "AsyncLoyaltyClient"),
        *("decimal", "model", "field", "loyalty_client", "unset", "class-var"),
    ],
)
def test_a_schema_takes_no_name_that_generated_code_uses(refusal: Refusal, name: str) -> None:
    assert name in refusal(named_model(name))


@pytest.mark.parametrize("name", ["str", "int", "list", "dict", "Exception", "NotImplemented", "None", "True"])
def test_nor_a_name_of_python_itself(
    edited: Callable[[Edits], Document],
    generate_small: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
) -> None:
    # It may be refused, or get a name that is near it.
    code = generate_small(edited(named_model(name)), tmp_path)
    assert (code, name in capsys.readouterr().err) in {(0, False), (1, True)}
    assert f'"{name}"' not in "".join(path.read_text("utf-8") for path in tmp_path.rglob("__init__.py"))


def test_nor_does_its_title(refusal: Refusal) -> None:
    assert re.search("Price|Decimal", refusal(named_model("Price", title="Decimal")))


@pytest.mark.parametrize("first", ["foo bar", "class", "%", "FIELDS", "to_dict", "self"])
def test_two_fields_of_one_python_name_are_refused(refusal: Refusal, first: str) -> None:
    second = {"foo bar": "foo-bar", "%": "$"}.get(first, f"{first}_")
    assert "EchoNote1" in refusal(both_ways(**{first: TEXT, second: TEXT}))


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "object", "additionalProperties": MONEY}, id="a map of money"),
        pytest.param({"type": "object", "patternProperties": {"^a": TEXT}}, id="properties by pattern"),
        pytest.param({"type": "array", "items": {"type": "object", "additionalProperties": MONEY}}, id="in a list"),
        pytest.param(
            {"type": "object", "properties": {"a": {"type": "object", "patternProperties": {"^a": TEXT}}}}, id="deeper"
        ),
        pytest.param({"type": ["string", "integer"]}, id="either of two types"),
        pytest.param({"oneOf": [TEXT, {"$ref": "#/components/schemas/CustomerIdentity1"}]}, id="a string or an object"),
        pytest.param({"type": "null"}, id="nothing but null"),
        pytest.param({"type": "string", "format": "binary"}, id="a file"),
        pytest.param({"type": ["string", "null"], "enum": ["a", None]}, id="an enum with null"),
        pytest.param({"type": "array"}, id="a list of who knows what"),
        pytest.param({"$ref": "#/components/schemas/NoSuch"}, id="a schema that isn't there"),
        pytest.param({"$ref": "#/components/schemas/InvalidTokenError"}, id="an error"),
    ],
)
def test_a_value_that_no_codec_reads_is_refused(refusal: Refusal, schema: object) -> None:
    assert re.search("zz|EchoNote1|NoSuch|InvalidTokenError", refusal(both_ways(zz=schema)))


def test_so_is_one_in_a_schema_of_its_own(refusal: Refusal) -> None:
    assert re.search("Prices", refusal(named_model("Prices", additionalProperties=MONEY)))


def test_an_identity_is_asked_for_by_names_that_it_has(refusal: Refusal) -> None:
    said = refusal({(*SCHEMAS, "CustomerIdentity1", "x-python-one-of"): ["shopid", "phone"]})
    assert "schema CustomerIdentity1: x-python-one-of names phone, which is no property" in said
