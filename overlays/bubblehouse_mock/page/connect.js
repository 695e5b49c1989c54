// Where the API is, and the keys to it.

import { badge, block, button, code, copyButton, field, form, h, notice, options, table } from "./dom.js";
import { BASE, control, shopPlace } from "./server.js";
import { quoted } from "./text.js";

export function render(app) {
  const { shop } = app;
  return [
    h("h2", {}, "Connect"),
    h("p", { class: "lead" }, "A Bubblehouse shop of your own. It checks every token, keeps a ledger, and spends nobody's real points."),
    h("dl", { class: "facts" },
      fact("Base URL", copied(BASE, "the base URL")),
      fact("Shop", copied(shop.shop, "the shop's slug")),
      fact("Versions", shop.versions.enabled.map((it, index) => [index ? " · " : "", code(it)]), refused("obsolete", shop.versions.obsolete), refused("not enabled", shop.versions.inaccessible)),
      fact("A call", copied(`${BASE}/${app.contract.versions[0]}/${shop.shop}/${app.contract.functions[0]}`, "the URL of a call")),
    ),
    keys(app),
    h("section", { "aria-labelledby": "client-title" },
      h("h3", { id: "client-title" }, "With the Python client"),
      block(exports(shop, "••••••••••••"), "the client's settings", exports(shop)),
      block("from bubblehouse_loyalty import LoyaltyClient\n\nloyalty = LoyaltyClient.from_env()", "the client"),
      h("p", { class: "hint" }, "Storefronts call with a customer token from any origin. ", h("a", { href: "#call" }, "Try a call"), " mints one."),
    ),
  ];
}

function fact(title, ...content) {
  return [h("dt", {}, title), h("dd", {}, content)];
}

function copied(text, what) {
  return [code(text), copyButton(text, what)];
}

function refused(why, versions) {
  return versions.map((it) => h("span", { class: "muted" }, " · ", code(it), ` ${why}`));
}

function exports(shop, hidden = null) {
  const key = shop.keys.find((it) => !it.revoked);
  const values = { BASE_URL: BASE, SHOP: shop.shop, KEY_ID: key?.key_id ?? "", SECRET: hidden ?? key?.secret ?? "" };
  return Object.entries(values).map(([name, value]) => `export BUBBLEHOUSE_${name}=${quoted(value)}`).join("\n");
}

function keys(app) {
  const { shop } = app;
  const change = async (place, method, body, said) => {
    await control(method, place, body);
    await app.refresh();
    await app.show();
    notice(said);
  };
  const revoke = (key) => {
    const [verb, done] = key.revoked ? ["Restore", "is good again"] : ["Revoke", "is revoked"];
    const place = shopPlace(shop.shop, "keys", key.key_id);
    return button(verb, () => change(place, "PATCH", { revoked: !key.revoked }, `${key.key_id} ${done}.`), { "aria-label": `${verb} ${key.key_id}` });
  };
  const rotate = (key) =>
    !key.revoked &&
    button("New secret", () => change(shopPlace(shop.shop, "keys"), "POST", { key_id: key.key_id, kind: key.kind }, `${key.key_id} has a new secret; tokens of the old one are refused.`), {
      "aria-label": `New secret for ${key.key_id}`,
    });
  const columns = [
    ["Key id", (key) => code(key.key_id)],
    ["Whose", (key) => key.kind],
    ["Secret", secret, "wide"],
    ["Status", (key) => (key.revoked ? badge("revoked", "bad") : badge("good", "good"))],
    ["", (key) => [rotate(key), revoke(key)], "buttons"],
  ];
  const added = async (made) => {
    const { key_id, kind } = Object.fromEntries(new FormData(made));
    await change(shopPlace(shop.shop, "keys"), "POST", { key_id, kind }, `${key_id} can sign tokens.`);
  };
  return h("section", { "aria-labelledby": "keys-title" },
    h("h3", { id: "keys-title" }, "Keys"),
    table("Keys", columns, shop.keys, "This shop has no keys."),
    form(added, { class: "row" },
      field("Key id", h("input", { name: "key_id", required: true, autocomplete: "off", spellcheck: "false" })),
      field("Whose", h("select", { name: "kind" }, options([["shop", "the shop's"], ["partner", "a partner's"]]))),
      h("button", {}, "Add a key"),
    ),
  );
}

function secret(key) {
  const text = code("••••••••••••");
  const toggle = h("button", { type: "button", class: "quiet", "aria-label": `Show the secret of ${key.key_id}`, onclick: reveal }, "Show");
  function reveal() {
    const hidden = toggle.textContent === "Show";
    text.textContent = hidden ? key.secret : "••••••••••••";
    toggle.textContent = hidden ? "Hide" : "Show";
    toggle.setAttribute("aria-label", `${toggle.textContent} the secret of ${key.key_id}`);
  }
  return h("span", { class: "secret" }, text, toggle, copyButton(key.secret, `the secret of ${key.key_id}`));
}
