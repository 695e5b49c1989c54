// Elements. Whatever comes from outside goes in as text, never as markup.

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...present(children));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((it) => it !== null && it !== undefined && it !== false);
}

let controls = 0;

export function field(label, control, hint = null) {
  const id = `control-${(controls += 1)}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control, hint && h("span", { class: "hint", id: `${id}-hint` }, hint));
}

export function options(choices, chosen) {
  return choices.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
}

// Columns are [title, cell of a row, class]; where there are no rows, `nothing` says so.
export function table(caption, columns, rows, nothing) {
  if (!rows.length) return h("p", { class: "nothing" }, nothing);
  // On narrow screens it is no table to the eye any more; the roles keep it one for screen readers.
  const head = columns.map(([title, , kind]) => h("th", { role: "columnheader", scope: "col", class: kind }, title));
  const cell = (row, [title, content, kind]) => h("td", { role: "cell", class: kind, "data-title": title }, h("div", {}, content(row)));
  const lines = rows.map((row) => h("tr", { role: "row" }, columns.map((column) => cell(row, column))));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { role: "table", "aria-label": caption },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
      h("tbody", { role: "rowgroup" }, lines),
    ),
  );
}

export function badge(text, kind = "") {
  return h("span", { class: `badge ${kind}` }, text);
}

export function time(text) {
  return h("time", { datetime: text, title: text }, moment(text));
}

export function code(text) {
  return h("code", {}, text);
}

// A button whose work is done once at a time, and whose errors are shown as what the server said.
export function button(text, work, attributes = {}) {
  const made = h("button", { type: "button", ...attributes, onclick: () => guarded(made, work) }, text);
  return made;
}

export function form(work, attributes, ...children) {
  const made = h("form", { ...attributes, onsubmit: submit }, children);
  function submit(event) {
    event.preventDefault();
    guarded(event.submitter ?? made.querySelector("button"), () => work(made));
  }
  return made;
}

async function guarded(trigger, work) {
  trigger.disabled = true;
  try {
    await work();
  } catch (error) {
    notice(error.message, "bad");
  } finally {
    trigger.disabled = false;
  }
}

let fading;

export function notice(text, kind = "good") {
  clearTimeout(fading);
  const place = document.getElementById("notice");
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Dismiss", onclick: () => fill(place) }, "×");
  fill(place, h("p", { class: kind }, h("span", {}, text), close));
  if (kind === "good") fading = setTimeout(() => fill(place), 4000);
}

export function copyButton(text, what) {
  return button("Copy", () => copy(text, what), { class: "quiet", "aria-label": `Copy ${what}` });
}

export async function copy(text, what) {
  if (!navigator.clipboard) throw new Error("The browser lets pages copy only over HTTPS or from this computer.");
  await navigator.clipboard.writeText(text);
  notice(`Copied ${what}.`);
}

// What is copied is what is shown, unless that hides something.
export function block(text, what, copied = text) {
  return h("div", { class: "block" }, h("pre", { tabindex: "0", "aria-label": what }, code(text)), copyButton(copied, what));
}

// Descriptions are Markdown: of it, code between backticks is all that a sentence needs.
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? code(part) : part));
}

export function number(value) {
  return Number(value).toLocaleString("en");
}

// Two decimals, or as many as there are.
export function money(text) {
  const [whole, fraction = ""] = text.split(".");
  return `${number(whole)}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}

export function signed(value) {
  return value > 0 ? `+${number(value)}` : number(value).replace("-", "−");
}

export function moment(text) {
  return text.replace("T", " ").replace(/\.\d+/, "").replace(/Z$/, "");
}
