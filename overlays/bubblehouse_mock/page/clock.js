// The time in the shops.

import { badge, button, field, fill, form, h, moment, notice } from "./dom.js";
import { control } from "./server.js";

const STEPS = [["+1h", "1 hour"], ["+1d", "1 day"], ["+30d", "30 days"]];

export function render(app, _, signal) {
  const { live } = app;
  const shown = h("p", { class: "now" });
  const run = h("span", {});
  const post = async (place, body) => {
    await live.setTime(await control("POST", `clock/${place}`, body));
  };
  function draw() {
    const { now, frozen } = live.time();
    fill(shown, h("time", { datetime: now }, moment(now)), " UTC ", frozen ? badge("frozen", "warn") : badge("running", "good"));
    if (run.dataset.frozen === String(frozen)) return;
    run.dataset.frozen = frozen;
    fill(run, frozen ? button("Run on", () => post("run"), { class: "primary" }) : button("Freeze", () => post("freeze", {}), { class: "primary" }));
  }
  draw();
  live.addEventListener("time", draw, { signal });

  const moved = async (made) => {
    await post("advance", { to: new FormData(made).get("to").trim() });
    made.reset();
    notice("The clock is put forward.");
  };
  return [
    h("h2", {}, "Clock"),
    h("p", { class: "lead" }, "Time only goes forward. Tokens expire, pending points mature and limits begin anew, as they would."),
    shown,
    h("div", { class: "actions" }, run, STEPS.map(([to, text]) => button(`+ ${text}`, () => post("advance", { to })))),
    form(moved, { class: "row" },
      field("To a moment, or by how much", h("input", { name: "to", required: true, class: "long", placeholder: "2030-01-31T12:00:00Z or +90s", autocomplete: "off", spellcheck: "false" })),
      h("button", {}, "Put it forward"),
    ),
  ];
}
