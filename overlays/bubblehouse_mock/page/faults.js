// What is to go wrong with the next calls.

import { button, code, field, fill, form, h, notice, options, prose, table } from "./dom.js";
import { control } from "./server.js";

const KINDS = [
  ["error", "a documented error"],
  ["status", "a gateway's page in HTML"],
  ["delay", "a late answer"],
  ["drop before", "the connection breaks before anything is done"],
  ["drop after", "the connection breaks after the call was worked on"],
  ["silent before", "silence until the caller gives up; nothing is done"],
  ["silent after", "silence until the caller gives up; the call was worked on"],
  ["damage truncated", "the connection breaks in the middle of the answer"],
  ["damage malformed", "an answer that is no JSON"],
];

export async function render(app, _, signal) {
  const { contract } = app;
  const pending = h("div", { "aria-live": "polite" });
  const list = (found) => fill(pending, listed(found, list));
  const operation = h("select", {}, options([["", "whichever is called next"], ...contract.functions.map((it) => [it, it])]));
  const kind = h("select", {}, options(KINDS));
  const error = h("select", {});
  const status = numeric(502, 400, 599);
  const delay = numeric(0, 0, 600, "any");
  const times = numeric(1, 1, null);
  const wait = numeric("", 0, null);
  const reason = h("p", { class: "hint" });
  const fields = { error: field("Error", error), status: field("Status", status), delay: field("Delay in seconds", delay), wait: field("Retry-After in seconds", wait) };

  const known = () => contract.errorsOf(operation.value);
  function turn() {
    const chosen = error.value;
    fill(error, options(known().map((it) => [it.id, `${it.id} (${it.status})`]), chosen));
    const found = known().find((it) => it.id === error.value);
    fields.error.hidden = kind.value !== "error";
    fields.status.hidden = kind.value !== "status";
    fields.delay.hidden = kind.value.startsWith("silent");
    fields.wait.hidden = !(kind.value === "status" || (kind.value === "error" && found?.headers.includes("Retry-After")));
    if (kind.value === "delay" && Number(delay.value) === 0) delay.value = 3;
    fill(reason, kind.value === "error" && found ? prose(found.reason) : "");
  }
  for (const choice of [operation, kind, error]) choice.addEventListener("change", turn);

  async function force() {
    const [what, which] = kind.value.split(" ");
    const fault = { operation: operation.value || null, times: whole(times) };
    if (what === "error") fault.error = error.value;
    else if (what === "status") fault.status = whole(status);
    else if (what === "drop") fault.drop = which;
    else if (what === "damage") fault.damage = which;
    else if (what === "silent") Object.assign(fault, { drop: which, timed_out: true });
    if (!fields.delay.hidden) fault.delay = Number(delay.value);
    if (!fields.wait.hidden && wait.value !== "") fault.retry_after = whole(wait);
    list(await control("POST", "faults", fault));
    notice("It will go wrong.");
  }

  turn();
  list(await control("GET", "faults"));
  const failed = (problem) => notice(problem.message, "bad");
  app.live.addEventListener("calls", () => control("GET", "faults").then(list).catch(failed), { signal });
  return [
    h("h2", {}, "Faults"),
    h("p", { class: "lead" }, "Force the next calls to go wrong, and see how your storefront takes it."),
    form(force, {},
      h("div", { class: "row" }, field("Next call of", operation), field("What happens", kind), fields.error, fields.status, fields.wait),
      reason,
      h("div", { class: "row" }, fields.delay, field("How many calls", times), h("button", { class: "primary" }, "Force it")),
    ),
    pending,
  ];
}

function numeric(value, min, max, step = "1") {
  return h("input", { type: "number", value, min, max, step, class: "short", required: value !== "" });
}

function whole(input) {
  return input.value === "" ? null : Number(input.value);
}

function listed(found, list) {
  const columns = [
    ["Next call of", ({ fault }) => (fault.operation ? code(fault.operation) : "any")],
    ["What happens", ({ fault }) => told(fault)],
    ["Calls left", ({ left }) => left, "number"],
  ];
  return h("section", { "aria-label": "Still to come" },
    h("h3", {}, "Still to come"),
    table("Still to come", columns, found, "Nothing is forced: all calls are answered as they should be."),
    found.length > 0 && h("div", { class: "actions" }, button("Clear all", async () => list(await control("DELETE", "faults")))),
  );
}

function told(fault) {
  const ends = fault.timed_out ? "silence" : fault.drop && "the connection breaks";
  return [
    fault.error && code(fault.error),
    fault.status !== null && `an HTML page with ${fault.status}`,
    fault.drop && `${ends}, ${fault.drop === "after" ? "after the call was worked on" : "before anything is done"}`,
    fault.damage === "truncated" && "the connection breaks in the middle of the answer",
    fault.damage === "malformed" && "an answer that is no JSON",
    fault.delay > 0 && ` ${fault.delay} s late`,
    fault.retry_after !== null && `, Retry-After: ${fault.retry_after}`,
  ];
}
