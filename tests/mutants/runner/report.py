"""The table of all mutants as files: JSON, JUnit XML, and a page for people."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from tests.mutants.runner.proving import Fate

_TEMPLATES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run.

    Attributes:
        fates: What became of each mutant.
        layers: The layers that looked, from the cheapest on.
        baseline: Seconds of each layer without a mutant.
        seeds: The seeds.
        seconds: How long it took.
    """

    fates: Sequence[Fate]
    layers: Sequence[str]
    baseline: Mapping[str, float]
    seeds: Sequence[int]
    seconds: float

    @property
    def survivors(self) -> list[Fate]:
        """Those that weren't caught with every seed."""
        return [fate for fate in self.fates if not fate.killed]

    def caught(self, layer: str) -> int:
        """Return how many a layer caught, with one seed at least."""
        return sum(layer in fate.layers for fate in self.fates)

    @property
    def families(self) -> list["Family"]:
        """What became of each family."""
        names = dict.fromkeys((fate.mutant.side, fate.mutant.family) for fate in self.fates)
        return [
            Family(side, name, [it for it in self.fates if (it.mutant.side, it.mutant.family) == (side, name)])
            for side, name in names
        ]


@dataclass(frozen=True, slots=True)
class Family:
    """What became of one family."""

    side: str
    name: str
    fates: Sequence[Fate]

    @property
    def killed(self) -> int:
        """How many were caught with the seed with which fewest were."""
        seeds = self.fates[0].seeds
        return min(sum(seed in fate.kills for fate in self.fates) for seed in seeds)

    @property
    def layers(self) -> dict[str, int]:
        """How many each layer caught."""
        caught = [layer for fate in self.fates for layer in fate.layers]
        return {layer: caught.count(layer) for layer in dict.fromkeys(caught)}


def write(run: Run, folder: Path) -> None:
    """Write all three files."""
    folder.mkdir(exist_ok=True)
    (folder / "mutants.json").write_text(json.dumps(_data(run), indent=1) + "\n", encoding="utf-8")
    ET.ElementTree(_junit(run)).write(folder / "mutants.xml", encoding="utf-8", xml_declaration=True)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("page.html.jinja").render(run=run)
    (folder / "mutants.html").write_text(page, encoding="utf-8")


def _data(run: Run) -> dict[str, Any]:
    return {
        "mutants": [
            {
                "id": fate.mutant.id,
                "side": fate.mutant.side,
                "family": fate.mutant.family,
                "wrong": fate.mutant.wrong,
                "expected": fate.mutant.layer,
                "killed": fate.killed,
                "layers": fate.layers,
                "seconds": round(fate.seconds, 2),
                "kills": {
                    str(seed): {
                        "layer": it.layer,
                        "seconds": round(it.seconds, 2),
                        "test": it.test,
                        "reason": it.reason,
                    }
                    for seed, it in sorted(fate.kills.items())
                },
                "broken": fate.broken,
            }
            for fate in run.fates
        ],
        "layers": list(run.layers),
        "baseline": {name: round(seconds, 2) for name, seconds in run.baseline.items()},
        "seeds": list(run.seeds),
        "seconds": round(run.seconds, 1),
    }


def _junit(run: Run) -> ET.Element:
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name="mutants",
        tests=str(len(run.fates)),
        failures=str(len(run.survivors)),
        errors="0",
        time=f"{run.seconds:.3f}",
    )
    for fate in run.fates:
        case = ET.SubElement(
            suite, "testcase", classname=fate.mutant.family, name=fate.mutant.id, time=f"{fate.seconds:.3f}"
        )
        if not fate.killed:
            missing = [seed for seed in fate.seeds if seed not in fate.kills]
            ET.SubElement(case, "failure", message=f"survived with the seeds {missing}: {fate.mutant.wrong}")
    return suites
