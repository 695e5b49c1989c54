"""The document is valid OpenAPI 3.1, and every example in it fits its schema."""

from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.contract.document.reader import Schemas, examples, walk

from bubblehouse_codegen.documents import Document


def test_it_is_valid_openapi(document_of_any_version: Document) -> None:
    assert document_of_any_version["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document_of_any_version).iter_errors()] == []


def test_bodies_parameters_and_headers_have_examples(document: Document) -> None:
    carriers = [(path, node) for path, node in walk(document) if "schema" in node]
    assert carriers
    assert [path for path, node in carriers if not (node.get("examples") or "example" in node)] == []


def test_every_example_fits_its_schema(document_of_any_version: Document) -> None:
    schemas = Schemas(document_of_any_version)
    judged = {where: schemas.problems(schema, value) for where, schema, value in examples(document_of_any_version)}
    assert len(judged) > 100
    assert {where: problems for where, problems in judged.items() if problems} == {}


def test_an_example_that_does_not_fit_is_noticed(document: Document) -> None:
    schemas = Schemas(document)
    inputs = ("components", "schemas", "RedeemPoints1Input")
    assert schemas.problems(inputs, {"pts": 500}) == []
    assert schemas.problems(inputs, {"pts": "500"}) == ['"500" is not of type "integer"']
    assert schemas.problems(("components", "schemas", "Time"), "yesterday") != []
