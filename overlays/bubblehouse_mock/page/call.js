// Try a call: mint a token, send, and see what came back.

import { block, button, code, copy, field, fill, form, h, number, options } from "./dom.js";
import { headerList, statusBadge } from "./journal.js";
import { BASE, control, shopPlace } from "./server.js";
import { curl, pretty, python } from "./text.js";

const kept = new Map(); // what was typed as input of an operation

export function render(app, [wanted]) {
  const { contract, shop } = app;
  const chosen = contract.operations.find((it) => it.function === wanted) ?? contract.operations[0];
  const select = (choices, first) => h("select", {}, options(choices, first));
  const operation = select(contract.operations.map((it) => [it.key, it.key]), chosen.key);
  const known = shop.customers.filter((it) => it.shopid);
  const picked = app.customer?.shopid || known[0]?.shopid || "";
  const whose = select([["customer", "a customer"], ["shop", "the shop"], ["own", "a token of mine"], ["none", "nobody: no token"]], picked ? "customer" : "shop");
  const customer = h("input", { value: picked, list: "known-customers", autocomplete: "off", spellcheck: "false" });
  const list = h("datalist", { id: "known-customers" }, known.map((it) => h("option", { value: it.shopid }, it.email)));
  const key = select(shop.keys.map((it) => [it.key_id, `${it.key_id}${it.kind === "partner" ? ", a partner's" : ""}${it.revoked ? ", revoked" : ""}`]), shop.keys.find((it) => !it.revoked)?.key_id);
  const own = h("input", { autocomplete: "off", spellcheck: "false" });
  const version = select(contract.versions.map((it) => [it, it]), contract.versions[0]);
  const example = h("select", {});
  const input = h("textarea", { rows: "9", spellcheck: "false", autocomplete: "off", "aria-describedby": "input-says" });
  const says = h("p", { class: "hint", id: "input-says", role: "status" });
  const takes = h("p", { class: "hint" });
  const result = h("section", { "aria-label": "Result", "aria-live": "polite" });
  const fields = { customer: field("Customer (shop id)", customer), key: field("Signed by", key), own: field("Token", own) };

  const current = () => contract.operations.find((it) => it.key === operation.value);
  function turn() {
    fields.customer.hidden = !["customer", "shop"].includes(whose.value);
    fields.key.hidden = !["customer", "shop"].includes(whose.value);
    fields.own.hidden = whose.value !== "own";
    const kind = kindOf(shop.keys.find((it) => it.key_id === key.value), whose.value);
    const taken = current().tokens.includes(kind);
    fill(takes, kind && [code(kind), taken ? ` is taken by ${current().function}.` : ` is not taken by ${current().function}: expect invalid_token.`]);
    check();
  }
  function begin(fresh = false) {
    const { examples, key: name } = current();
    if (example.dataset.of !== name) fill(example, options(examples.map(([title], index) => [index, title || "The contract's"])));
    example.dataset.of = name;
    input.value = fresh ? written(examples[example.value]?.[1], whose.value, customer.value) : (kept.get(name) ?? written(examples[0]?.[1], whose.value, customer.value));
    turn();
  }
  const rename = () => {
    const given = parsed(input.value);
    if (given) input.value = written(given, whose.value, customer.value);
    turn();
  };
  const check = () => (says.textContent = problem(input.value, current().input));
  operation.addEventListener("change", () => begin());
  example.addEventListener("change", () => begin(true));
  for (const control_ of [whose, customer]) control_.addEventListener("change", rename);
  for (const control_ of [key, own]) control_.addEventListener("change", turn);
  input.addEventListener("input", () => {
    kept.set(current().key, input.value);
    check();
  });

  async function send() {
    const called = current();
    const token = await minted();
    const sent = request(called, `${BASE}/${version.value}/${encodeURIComponent(shop.shop)}/${called.function}`, token, input.value);
    const began = performance.now();
    const answer = await answered(sent);
    answer.took = performance.now() - began;
    const signed = ["customer", "shop"].includes(whose.value) ? key.value : null;
    const snippet = { contract, operation: called, shop: shop.shop, version: version.value, base: BASE, keyId: signed, customer: whose.value === "customer" ? customer.value : null, given: parsed(input.value) ?? {} };
    fill(result, shown(answer), follow(app, called, sent, answer, (next, given) => {
      kept.set(next.key, JSON.stringify(given, null, 2));
      operation.value = next.key;
      begin();
      rename();
      input.focus();
    }), again(sent, token, snippet));
    await app.live.look();
  }
  async function minted() {
    if (whose.value === "none") return null;
    if (whose.value === "own") return own.value.trim();
    const wish = { key_id: key.value, customer: whose.value === "customer" ? customer.value : null };
    return (await control("POST", shopPlace(shop.shop, "tokens"), wish)).token;
  }

  begin();
  return [
    h("h2", {}, "Try a call"),
    form(send, { class: "call" },
      h("div", { class: "row" }, field("Operation", operation), field("Version", version)),
      h("div", { class: "row" }, field("Token for", whose), fields.customer, fields.key, fields.own, list),
      takes,
      h("div", { class: "row" }, field("Example", example)),
      field("Input", input),
      says,
      h("div", { class: "actions" }, h("button", { class: "primary" }, "Send"), h("a", { href: "#journal" }, "Journal"),
        button("Example again", () => begin(true), { class: "quiet" })),
    ),
    result,
  ];
}

function kindOf(key, whose) {
  const kinds = { shop: ["ShopToken", "PartnerTokenForShop"], customer: ["CustomerToken", "PartnerTokenForCustomer"] };
  return kinds[whose]?.[key?.kind === "partner" ? 1 : 0] ?? (whose === "none" ? "Anonymous" : "");
}

// An example is about a customer whom the shop doesn't have. A customer token needs none named, a shop's token does.
function written(value, whose, shopid) {
  const { customer, ...rest } = value ?? {};
  return JSON.stringify(whose === "shop" ? { customer: { shopid }, ...rest } : whose === "customer" ? rest : (value ?? {}), null, 2);
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function problem(text, schema) {
  try {
    JSON.parse(text);
  } catch (error) {
    return `Not JSON: ${error.message}. It can be sent all the same.`;
  }
  const given = parsed(text);
  if (!given) return "Not an object. It can be sent all the same.";
  const missing = (schema.required ?? []).filter((it) => !Object.hasOwn(given, it));
  const unknown = Object.keys(given).filter((it) => !Object.hasOwn(schema.properties ?? {}, it));
  return [missing.length && `Missing: ${missing.join(", ")}.`, unknown.length && `Not in the contract: ${unknown.join(", ")}.`].filter(Boolean).join(" ");
}

function request(operation, url, token, text) {
  const headers = token === null ? [] : [["Authorization", `Bearer ${token}`]];
  if (operation.method !== "GET") return { method: operation.method, url, headers: [...headers, ["Content-Type", "application/json"]], body: text };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parsed(text) ?? {})) query.set(name, operation.asJson.has(name) ? JSON.stringify(value) : value);
  return { method: "GET", url: query.size ? `${url}?${query}` : url, headers };
}

async function answered({ url, method, headers, body }) {
  const answer = { status: null, headers: [], text: "", broken: false };
  try {
    const response = await fetch(url, { method, headers, body, cache: "no-store" });
    Object.assign(answer, { status: response.status, headers: [...response.headers] });
    answer.text = await response.text();
  } catch {
    answer.broken = true; // browsers don't say more
  }
  return answer;
}

function shown({ status, headers, text, took, broken }) {
  return [
    h("h3", {}, "Answer ", statusBadge(status), " ", h("span", { class: "muted took" }, `${number(Math.round(took))} ms`)),
    headerList(headers),
    broken ? h("p", { class: "problem" }, status ? "The connection broke before the whole body had come." : "The connection broke before an answer came.") : block(pretty(text), "the body"),
  ];
}

// What the contract says can be called next, with the values of this call.
function follow(app, operation, sent, answer, begin) {
  const bodies = { request: parsed(sent.body ?? ""), response: parsed(answer.text) };
  if (answer.status !== 200 || !bodies.response) return null;
  const value = (expression) => {
    if (typeof expression !== "string") return expression;
    const [, side, path] = /^\$(request|response)\.body#\/(.+)$/.exec(expression) ?? [];
    return side ? path.split("/").reduce((at, step) => at?.[step], bodies[side]) : expression;
  };
  const next = operation.links.map((link) => {
    const target = app.contract.operations.find((it) => it.function === link.operationId && it.method !== "GET");
    const given = Object.entries(link.requestBody ?? {}).map(([name, it]) => [name, value(it)]).filter(([, it]) => it !== undefined);
    return target && button(target.function, () => begin(target, Object.fromEntries(given)), { title: link.description ?? "" });
  });
  return h("p", { class: "actions" }, "Go on with", next);
}

function again(sent, token, snippet) {
  return h("details", { class: "again" }, h("summary", {}, "The same in a shell, and in Python"),
    h("h4", {}, "curl"), block(curl(sent), "the call as curl"),
    token && h("div", { class: "actions" }, button("Copy the token", () => copy(token, "the token"))),
    h("h4", {}, "Python"), block(python(snippet), "the call in Python"));
}
