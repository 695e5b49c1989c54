// The shop's customers; and one of them, with all that belongs to one.

import { badge, button, code, field, fill, form, h, money, notice, number, signed, table, time } from "./dom.js";
import { control, shopPlace } from "./server.js";

const PAGE = 20;
const MORE = 50; // changes at a time

export function render(app, [id], signal) {
  return id ? one(app, id, signal) : all(app, signal);
}

async function all(app, signal) {
  const list = h("div", { "aria-live": "polite" });
  const search = h("input", { type: "search", placeholder: "Part of an id or an email address", class: "long", autocomplete: "off", spellcheck: "false" });
  let asked = 0;
  async function load(before = [""]) {
    const turn = (asked += 1);
    const query = new URLSearchParams({ search: search.value, after: before.at(-1), limit: PAGE });
    const found = await control("GET", `${shopPlace(app.shop.shop, "customers")}?${query}`);
    if (turn === asked && !signal.aborted) fill(list, page(found, before, load));
  }
  const failed = (error) => notice(error.message, "bad");
  search.addEventListener("input", () => load().catch(failed));
  app.live.addEventListener("calls", () => asked === 1 && load().catch(failed), { signal });
  await load();
  return [h("h2", {}, "Customers"), h("div", { class: "row" }, field("Search", search)), list];
}

function page(found, before, load) {
  const columns = [
    ["Customer", (it) => h("a", { href: `#customers/${encodeURIComponent(it.bhid)}` }, it.email || it.shopid)],
    ["Shop id", (it) => (it.shopid ? code(it.shopid) : none())],
    ["Bubblehouse id", (it) => code(it.bhid)],
    ["Tier", (it) => it.tier ?? none()],
    ["Points", (it) => number(it.pts_available), "number"],
    ["Pending", (it) => (it.pts_pending ? number(it.pts_pending) : none()), "number"],
  ];
  const first = (before.length - 1) * PAGE;
  const last = first + found.customers.length;
  return [
    table("Customers", columns, found.customers, "Nobody is found."),
    h("div", { class: "pages" },
      h("span", { class: "muted" }, last ? `${number(first + 1)} to ${number(last)} of ${number(found.total)}` : ""),
      before.length > 1 && button("Back", () => load(before.slice(0, -1))),
      found.next && button("Next", () => load([...before, found.next])),
    ),
  ];
}

function none() {
  return h("span", { class: "muted" }, "–");
}

async function one(app, id, signal) {
  const place = shopPlace(app.shop.shop, "customers", id);
  const figures = h("dl", { class: "figures", "aria-live": "polite" });
  const data = h("div", {});
  let found = await control("GET", place);
  const view = { shown: MORE };
  async function load() {
    found = await control("GET", place);
    if (!signal.aborted) draw();
  }
  const draw = () => {
    fill(figures, standing(found));
    fill(data, codes(app, found.customer, load), changes(found.customer, view, draw), achievements(found.customer));
  };
  const { customer } = found;
  app.customer = { bhid: customer.bhid, shopid: customer.shopid, email: customer.email };
  draw();
  const concerns = ({ detail }) => detail.some((it) => it.customer === customer.bhid);
  app.live.addEventListener("calls", (event) => concerns(event) && load().catch((error) => notice(error.message, "bad")), { signal });
  return [
    h("p", { class: "back" }, h("a", { href: "#customers" }, "All customers")),
    h("h2", {}, customer.email || customer.shopid),
    h("p", { class: "lead" },
      customer.shopid && [code(customer.shopid), " in the shop system · "], code(customer.bhid),
      customer.joined_on && ` · joined ${customer.joined_on}`, " · ", h("a", { href: "#call" }, "Try a call"),
    ),
    figures,
    adding(place, load),
    data,
  ];
}

function standing(found) {
  const { customer } = found;
  const figures = [
    ["Available", number(found.pts_available)],
    ["Pending", number(found.pts_pending)],
    ["Earned", number(found.pts_earned)],
    ["Redeemed", number(found.pts_redeemed)],
    ["Expired", number(found.pts_expired)],
    ["Tier", customer.tier ?? "–"],
  ];
  return figures.map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value)));
}

function codes(app, customer, load) {
  const set = (coupon) => {
    const status = coupon.status === "used" ? "unused" : "used";
    const change = async () => {
      await control("PATCH", shopPlace(app.shop.shop, "codes", coupon.code), { status });
      await load();
    };
    return coupon.status !== "withdrawn" && button(`Mark ${status}`, change, { "aria-label": `Mark ${coupon.code} ${status}` });
  };
  const kinds = { unused: "good", used: "", withdrawn: "bad" };
  const columns = [
    ["Code", (it) => code(it.code)],
    ["What for", (it) => [it.reward_desc || it.desc, it.provisional && [" ", badge("provisional", "warn")]]],
    ["Points", (it) => (it.pts === null ? none() : number(it.pts)), "number"],
    ["Amount", (it) => (it.amount === null ? none() : money(it.amount)), "number"],
    ["Since", (it) => time(it.since)],
    ["Status", (it) => badge(it.status, kinds[it.status])],
    ["", set, "buttons"],
  ];
  return section("Codes", table("Codes", columns, [...customer.coupons].reverse(), "No codes yet."));
}

function changes(customer, view, draw) {
  const newest = [...customer.changes].reverse();
  const reverted = new Set(newest.map((it) => it.reverts).filter(Boolean));
  const columns = [
    ["When", (it) => time(it.at)],
    ["What", (it) => [it.type.replaceAll("_", " "), reverted.has(it.bhid) && [" ", badge("undone")], it.external && [" ", badge("external")]]],
    ["Description", (it) => [it.desc || none(), it.available_at && [" ", h("span", { class: "muted" }, "can be spent from ", time(it.available_at))]], "wide"],
    ["Id", (it) => code(it.bhid)],
    ["Points", (it) => h("span", { class: it.pts < 0 ? "minus" : "plus" }, signed(it.pts)), "number"],
  ];
  const more = () => {
    view.shown += MORE;
    draw();
  };
  return section("Ledger",
    table("Ledger", columns, newest.slice(0, view.shown), "No changes yet."),
    newest.length > view.shown && h("div", { class: "pages" }, button(`Show more of ${number(newest.length)}`, more)),
  );
}

function achievements(customer) {
  const columns = [
    ["Achievement", (it) => code(it.achievement)],
    ["Since", (it) => time(it.obtained_at)],
    ["Uses left", (it) => it.remaining_uses ?? "no limit", "number"],
    ["Last used", (it) => (it.last_used_at ? time(it.last_used_at) : none())],
    ["Ends", (it) => (it.expires_at ? time(it.expires_at) : none())],
    ["Taken away", (it) => (it.deactivated_at ? time(it.deactivated_at) : none())],
  ];
  return section("Achievements", table("Achievements", columns, customer.achievements, "None owned."));
}

function section(title, ...content) {
  return h("section", { "aria-label": title }, h("h3", {}, title), content);
}

function adding(place, load) {
  const add = async (made) => {
    const { pts, desc, available_at } = Object.fromEntries(new FormData(made));
    const change = { pts: pts === "" ? null : Number(pts), desc };
    if (available_at.trim()) change.available_at = available_at.trim();
    await control("POST", `${place}/changes`, change);
    await load();
    made.reset();
    notice("The points are in the ledger.");
  };
  return h("details", { class: "adding" }, h("summary", {}, "Add points"),
    form(add, { class: "row" },
      field("Points", h("input", { name: "pts", type: "number", step: "1", required: true, class: "short" }), "Negative takes points."),
      field("Description", h("input", { name: "desc", autocomplete: "off" })),
      field("Can be spent from", h("input", { name: "available_at", placeholder: "+14d", class: "short", autocomplete: "off" }), "Now, where empty."),
      h("button", { class: "primary" }, "Add points"),
    ),
  );
}
