// The frame: which shop, what time it is there, and which part of the page is shown.

import * as call from "./call.js";
import * as clock from "./clock.js";
import * as connect from "./connect.js";
import { Contract } from "./contract.js";
import * as customers from "./customers.js";
import { badge, fill, h, moment, notice, options } from "./dom.js";
import * as faults from "./faults.js";
import * as journal from "./journal.js";
import { Live } from "./live.js";
import * as reference from "./reference.js";
import { control } from "./server.js";
import * as settings from "./settings.js";
import * as state from "./state.js";

const VIEWS = { connect, customers, call, journal, faults, clock, settings, state, reference };
const KEPT = "bubblehouse-mock-shop";

const view = document.getElementById("view");
const shops = document.getElementById("shop");
let shown = new AbortController();

const app = {
  config: null,
  contract: null,
  settings: null, // the schema of a shop's settings
  live: new Live(),
  customer: null, // the one that was looked at last
  get shop() {
    return this.config.shops.find((it) => it.shop === shops.value) ?? this.config.shops[0];
  },
  async refresh(config = null) {
    const chosen = shops.value || sessionStorage.getItem(KEPT);
    this.config = config ?? (await control("GET", "config"));
    const names = this.config.shops.map((it) => it.shop);
    fill(shops, options(names.map((it) => [it, it]), chosen));
  },
  async startOver(config) {
    this.customer = null;
    await this.refresh(config);
    this.live.restart();
  },
  show,
};

function address() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  return { name: Object.hasOwn(VIEWS, name) ? name : "connect", rest: rest.map(decoded) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody's own address
  }
}

async function show() {
  const { name, rest } = address();
  shown.abort();
  const { signal } = (shown = new AbortController());
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
    const content = await VIEWS[name].render(app, rest, signal);
    if (signal.aborted) return;
    fill(view, content);
    view.dataset.shown = location.hash;
    document.title = `${view.querySelector("h2")?.textContent ?? name} · bubblehouse-mock`;
  } catch (error) {
    if (!signal.aborted) fill(view, h("h2", {}, "This can't be shown"), h("p", { class: "problem", role: "alert" }, error.message));
  }
}

app.live.addEventListener("time", () => {
  const { now, frozen } = app.live.time();
  fill(document.getElementById("clock"), h("time", { datetime: now }, moment(now)), " UTC ", frozen && badge("frozen", "warn"));
});
app.live.addEventListener("lost", () => notice("The server doesn't answer. Trying again…", "bad"));
app.live.addEventListener("back", async () => {
  notice("The server is back.");
  await app.refresh();
  await show();
});
shops.addEventListener("change", () => {
  sessionStorage.setItem(KEPT, shops.value);
  app.customer = null;
  if (address().name === "customers" && address().rest.length) location.hash = "#customers";
  else show();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // what stands behind # says which part is shown
  view.focus();
});
window.addEventListener("hashchange", async () => {
  await show();
  view.focus({ preventScroll: true });
  window.scrollTo(0, 0);
});

try {
  const [document_, contract] = await Promise.all([control("GET", "openapi.json"), control("GET", "contract.json"), app.refresh()]);
  app.settings = document_.components.schemas.Settings;
  app.contract = new Contract(contract);
  await app.live.start();
  await show();
} catch (error) {
  fill(view, h("h2", {}, "The control plane can't be used"), h("p", { class: "problem", role: "alert" }, error.message));
}
