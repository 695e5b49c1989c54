// All that the shops remember: start over, take it away as a file, go on from one.

import { button, field, form, h, notice } from "./dom.js";
import { control } from "./server.js";

export function render(app) {
  const sure = h("dialog", { "aria-labelledby": "sure-title" },
    h("h3", { id: "sure-title" }, "Start over?"),
    h("p", {}, "All shops go back to the fixture that the mock was started with. The journal, faults and the clock too."),
    h("div", { class: "actions" },
      h("button", { type: "button", onclick: () => sure.close() }, "Leave it"),
      button("Start over", reset, { class: "danger" }),
    ),
  );
  async function reset() {
    const config = await control("POST", "reset", {});
    sure.close();
    await app.startOver(config);
    notice("All is as it was at the start.");
  }
  async function load(made) {
    const file = made.elements.file.files[0];
    await app.startOver(await control("PUT", "state", JSON.parse(await file.text())));
    made.reset();
    notice("The shops go on from the file.");
  }
  return [
    h("h2", {}, "State"),
    part("Take it away", "All shops as a fixture, to start another mock from.", button("Download shops.yaml", () => download("state.yaml", "shops.yaml")), button("Download shops.json", () => download("state", "shops.json"))),
    part("Go on from a file", "A fixture in JSON. Starting over still leads back to the first one.",
      form(load, { class: "row" }, field("File", h("input", { type: "file", name: "file", accept: ".json,application/json", required: true })), h("button", {}, "Load it")),
    ),
    part("Start over", "What was redeemed, forced and set is forgotten.", button("Start over…", () => sure.showModal(), { class: "danger" })),
    sure,
  ];
}

function part(title, about, ...content) {
  return h("section", { "aria-label": title }, h("h3", {}, title), h("p", { class: "hint" }, about), h("div", { class: "actions" }, content));
}

async function download(place, name) {
  const said = await control("GET", place);
  const text = typeof said === "string" ? said : `${JSON.stringify(said, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  h("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
