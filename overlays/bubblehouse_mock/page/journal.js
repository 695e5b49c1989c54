// The calls of the API as they come in, newest first.

import { badge, block, button, code, copy, field, fill, h, moment, options } from "./dom.js";
import { HOME } from "./server.js";
import { curl, pretty } from "./text.js";

const STATUSES = [["", "Any"], ["2", "2xx"], ["4", "4xx"], ["5", "5xx"], ["none", "No answer"]];
const OTHER = "(none)";

export function render(app, _, signal) {
  const { live } = app;
  const list = h("ol", { class: "journal", "aria-label": "Calls, newest first" });
  const nothing = h("p", { class: "nothing" });
  const operation = h("select", {}, options([["", "Any"], ...app.contract.functions.map((it) => [it, it]), [OTHER, "None that there is"]]));
  const status = h("select", {}, options(STATUSES));
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: toggle }, "Pause");
  let paused = false;

  const fits = (it) =>
    (!operation.value || (it.operation ?? OTHER) === operation.value) &&
    (!status.value || (it.answer ? String(it.answer.status)[0] : "none") === status.value);
  function draw() {
    list.replaceChildren(...live.calls.filter(fits).map(row).reverse());
    say();
  }
  function add({ detail }) {
    if (!paused) list.prepend(...detail.filter(fits).map(row).reverse());
    say(detail.length);
  }
  let waiting = 0;
  function say(fresh = 0) {
    waiting = paused ? waiting + fresh : 0;
    pause.textContent = paused ? `Go on${waiting ? ` (${waiting} new)` : ""}` : "Pause";
    nothing.textContent = list.childElementCount ? "" : live.calls.length ? "No call fits." : "No calls yet. They appear here as they come in.";
  }
  function toggle() {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    if (paused) say();
    else draw();
  }

  for (const choice of [operation, status]) choice.addEventListener("change", draw);
  live.addEventListener("calls", add, { signal });
  live.addEventListener("cleared", draw, { signal });
  draw();
  return [
    h("h2", {}, "Journal"),
    h("div", { class: "row" },
      field("Operation", operation), field("Status", status),
      h("div", { class: "actions" }, pause, button("Clear", () => live.clear())),
    ),
    list,
    nothing,
  ];
}

function row(entry) {
  const { answer } = entry;
  const body = h("div", { class: "entry" });
  const details = h("details", { ontoggle: () => details.open && !body.childElementCount && fill(body, ...whole(entry)) },
    h("summary", {},
      h("time", { datetime: entry.at }, moment(entry.at).slice(11)),
      statusBadge(answer?.status),
      h("span", { class: "what" }, `${entry.method} ${entry.operation ?? entry.path}`),
      h("span", { class: "muted who" }, entry.customer ?? ""),
      h("span", { class: "why" }, entry.fault && [badge("forced", "warn"), " "], errorId(answer)),
    ),
    body,
  );
  return h("li", {}, details);
}

export function statusBadge(status) {
  if (!status) return badge("no answer", "bad");
  return badge(String(status), status < 300 ? "good" : status < 500 ? "warn" : "bad");
}

function errorId(answer) {
  if (!answer || answer.status < 400) return "";
  try {
    return String(JSON.parse(answer.body).id ?? "");
  } catch {
    return "";
  }
}

function whole(entry) {
  const { answer } = entry;
  const url = entry.path + (entry.query && `?${entry.query}`);
  const facts = [
    ["At", moment(entry.at)],
    ["Token", entry.token_kind ? `${entry.token_kind}, signed by ${entry.key_id}` : !entry.fault && "none that was good"],
    ["Customer", entry.customer && h("a", { href: `#customers/${encodeURIComponent(entry.customer)}` }, entry.customer)],
    ["Forced", entry.fault],
  ].filter(([, value]) => value);
  const sent = { method: entry.method, url: HOME.slice(0, -1) + url, headers: entry.headers, body: entry.body };
  return [
    h("dl", { class: "facts" }, facts.map(([title, value]) => [h("dt", {}, title), h("dd", {}, value)])),
    h("div", { class: "halves" },
      part("Request", `${entry.method} ${url}`, entry.headers, entry.body),
      answer ? part("Answer", String(answer.status), answer.headers, answer.body) : h("p", { class: "nothing" }, "No answer: the connection broke."),
    ),
    h("div", { class: "actions" }, button("Copy as curl", () => copy(curl(sent), "the call; set TOKEN before"))),
  ];
}

function part(title, line, headers, body) {
  return h("section", { "aria-label": title }, h("h4", {}, title), h("p", { class: "line" }, code(line)), headerList(headers),
    body ? block(pretty(body), `the body of the ${title.toLowerCase()}`) : h("p", { class: "nothing" }, "No body."));
}

export function headerList(headers) {
  return h("details", { class: "headers" }, h("summary", {}, `${headers.length} headers`),
    h("dl", {}, headers.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}
