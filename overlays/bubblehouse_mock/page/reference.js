// The API's reference, from the contract that the mock serves.

import { assumptions } from "./contract.js";
import { badge, code, h, prose, table } from "./dom.js";
import { pretty } from "./text.js";

export function render(app, [wanted]) {
  const { contract } = app;
  if (contract.functions.includes(wanted)) return ofFunction(contract, wanted);
  if (Object.hasOwn(contract.schemas, wanted ?? "")) return ofType(contract, wanted);
  return all(contract);
}

function all(contract) {
  const columns = [
    ["Function", (it) => link(it)],
    ["Verbs", (it) => verbsOf(contract, it).map((verb) => verb.method).join(", ")],
    ["Kind", (it) => kind(verbsOf(contract, it)[0])],
    ["What it does", (it) => prose(verbsOf(contract, it)[0].summary), "wide"],
  ];
  const types = Object.keys(contract.schemas).filter((name) => !name.endsWith("Error"));
  return [
    h("h2", {}, "Reference"),
    h("p", { class: "lead" }, `${contract.title}, as this mock serves it. `, badge("assumed", "warn"), " marks what the vendor's docs leave open. ", h("a", { href: "reference" }, "All of it on one page"), ", with curl and Python."),
    table("Functions", columns, contract.functions, "The contract has none."),
    contract.assumptions.map(assumed),
    h("section", { "aria-label": "Types" }, h("h3", {}, "Types"), h("p", { class: "types" }, types.map(link))),
  ];
}

function ofFunction(contract, name) {
  const verbs = verbsOf(contract, name);
  const [first] = verbs;
  const errors = contract.errorsOf(name).sort((a, b) => a.status - b.status);
  const columns = [
    ["Status", (it) => it.status, "number"],
    ["Id", (it) => code(it.id)],
    ["Why", (it) => [prose(it.reason), it.assumptions.map(assumed)], "wide"],
    ["Scope", (it) => it.scope],
  ];
  return [
    back(),
    h("h2", {}, name),
    h("p", { class: "lead" }, prose(first.summary), " ", kind(first)),
    h("p", { class: "actions" }, h("a", { href: `#call/${name}` }, "Try a call"), docs(first.docs)),
    verbs.map((it) => h("section", { class: "reads", "aria-label": it.key },
      h("h3", {}, it.method),
      h("p", {}, prose(it.description)),
      it.assumptions.map(assumed),
      h("p", { class: "hint" }, "Tokens: ", it.tokens.map((token, index) => [index ? ", " : "", code(token)])),
      properties(contract, `Input of ${it.key}`, it.input),
    )),
    h("section", { class: "reads", "aria-label": "Answer" },
      h("h3", {}, "Answer"),
      first.output && h("p", {}, typeNames(contract.type(first.output))),
      properties(contract, `Answer of ${name}`, first.output),
      first.answers.map(([title, value]) => h("details", {}, h("summary", {}, title || "Example"), h("pre", { tabindex: "0" }, code(pretty(JSON.stringify(value)))))),
    ),
    h("section", { "aria-label": "Errors" }, h("h3", {}, "Errors"), table(`Errors of ${name}`, columns, errors, "None are documented.")),
  ];
}

function ofType(contract, name) {
  const schema = contract.schemas[name];
  return [
    back(),
    h("h2", {}, name),
    h("p", { class: "lead" }, prose(schema.description ?? "")),
    assumptions(schema).map(assumed),
    schema.properties ? properties(contract, name, schema) : h("p", {}, typeNames(contract.type(schema)), schema.pattern && [" matching ", code(schema.pattern)]),
  ];
}

function properties(contract, caption, schema) {
  const columns = [
    ["Name", (it) => code(it.name)],
    ["Type", (it) => [typeNames(it.type), it.required ? "" : h("span", { class: "muted" }, ", optional")]],
    ["What it is", (it) => [prose(it.description), it.assumptions.map(assumed)], "wide"],
  ];
  return table(caption, columns, contract.properties(schema), "Nothing.");
}

function verbsOf(contract, name) {
  return contract.operations.filter((it) => it.function === name);
}

function kind(operation) {
  return badge(operation.kind, operation.kind === "write" ? "warn" : "good");
}

function link(name) {
  return h("a", { href: `#reference/${encodeURIComponent(name)}` }, name);
}

function typeNames(parts) {
  return parts.map((it) => (typeof it === "string" ? it : link(it.schema)));
}

function back() {
  return h("p", { class: "back" }, h("a", { href: "#reference" }, "Reference"));
}

function assumed(text) {
  return h("p", { class: "assumption" }, badge("assumed", "warn"), " ", prose(text));
}

function docs(url) {
  return /^https?:\/\//.test(url) && h("a", { href: url, rel: "noreferrer" }, "The vendor's docs");
}
