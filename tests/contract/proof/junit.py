"""The report for machines, of a run that did not come to its end. Otherwise pytest writes it."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement


def write_broken(message: str, path: Path) -> None:
    """Write a report of one test that failed.

    Args:
        message: What went wrong.
        path: The file.
    """
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", name="contract", tests="1", errors="0", failures="1", skipped="0")
    case = SubElement(suite, "testcase", classname="scripts.verify", name="verify")
    SubElement(case, "failure", message=message).text = message
    ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
