// A shop's settings, in a form that follows from what the control plane says of them.

import { code, field, form, h, notice, prose } from "./dom.js";
import { control, shopPlace } from "./server.js";

export async function render(app) {
  const place = shopPlace(app.shop.shop, "settings");
  const found = await control("GET", place);
  const inputs = Object.entries(app.settings.properties).map(([name, schema]) => input(name, schema, found[name]));
  async function save() {
    const changed = inputs.map((it) => [it.name, it.read()]).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(found[name]));
    if (!changed.length) return notice("Nothing has changed.");
    const wanted = Object.fromEntries(changed.map(([name, value]) => [name, patch(value, found[name])]));
    Object.assign(found, await control("PATCH", place, wanted));
    for (const it of inputs) it.write(found[it.name]);
    await app.refresh();
    notice(`Saved: ${changed.map(([name]) => name).join(", ")}.`);
  }
  return [
    h("h2", {}, "Settings"),
    h("p", { class: "lead" }, "Of ", code(app.shop.shop), ". What is saved holds from the next call on."),
    form(save, { class: "settings" },
      h("div", { class: "switches" }, inputs.filter((it) => it.isSwitch).map((it) => it.element)),
      h("div", { class: "values" }, inputs.filter((it) => !it.isSwitch).map((it) => it.element)),
      h("div", { class: "actions" }, h("button", { class: "primary" }, "Save")),
    ),
  ];
}

// A merge patch leaves what it doesn't name: what an object no longer has must be taken away by null.
function patch(wanted, found) {
  if (!isObject(wanted) || !isObject(found)) return wanted;
  const gone = Object.keys(found).filter((name) => !Object.hasOwn(wanted, name));
  return Object.fromEntries([...Object.entries(wanted).map(([name, it]) => [name, patch(it, found[name])]), ...gone.map((name) => [name, null])]);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function input(name, schema, value) {
  const choices = schema.anyOf ?? [schema];
  const nullable = choices.some((it) => it.type === "null");
  const known = choices.find((it) => it.type !== "null") ?? {};
  const type = known.type ?? (known.anyOf?.every((it) => it.type === "string") ? "string" : "object");
  const [control_, read, write] = widget(type, nullable);
  write(value);
  const isSwitch = type === "boolean";
  const element = field(code(name), control_, prose(schema.description ?? ""));
  if (isSwitch) element.className = "switch";
  const named = () => {
    try {
      return read();
    } catch {
      throw new Error(`${name} is not JSON.`);
    }
  };
  return { name, element, isSwitch, read: named, write };
}

function widget(type, nullable) {
  if (type === "boolean") {
    const box = h("input", { type: "checkbox" });
    return [box, () => box.checked, (value) => (box.checked = value)];
  }
  const empty = nullable ? "none" : "";
  if (type === "integer" || type === "number") {
    const box = h("input", { type: "number", step: type === "integer" ? "1" : "any", required: !nullable, placeholder: empty, class: "short" });
    return [box, () => (box.value === "" ? null : Number(box.value)), (value) => (box.value = value ?? "")];
  }
  if (type === "string") {
    const box = h("input", { placeholder: empty, autocomplete: "off", spellcheck: "false" });
    return [box, () => (box.value.trim() === "" && nullable ? null : box.value.trim()), (value) => (box.value = value ?? "")];
  }
  const box = h("textarea", { rows: "2", placeholder: empty, spellcheck: "false" });
  return [box, () => (box.value.trim() === "" ? null : JSON.parse(box.value)), (value) => (box.value = value === null ? "" : JSON.stringify(value))];
}
