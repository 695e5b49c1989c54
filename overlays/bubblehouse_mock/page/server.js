// Requests to the server that the page came from. Places are relative, so the page works below any prefix.

import { h, fill } from "./dom.js";

const KEPT = "bubblehouse-mock-control-token";

export const HOME = new URL(".", document.baseURI).href;
export const BASE = `${HOME}api`;

// What the server said against a request.
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? `The server answered ${status}.`);
    this.status = status;
  }
}

export async function control(method, place, body) {
  const response = await admitted(method, place, body);
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  const said = await (isJson ? response.json() : response.text());
  if (!response.ok) throw new Refusal(response.status, isJson ? said : null);
  return said;
}

async function admitted(method, place, body) {
  for (;;) {
    const token = sessionStorage.getItem(KEPT);
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    const sent = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" };
    const response = await fetch(`${HOME}__mock__/${place}`, sent).catch(() => {
      throw new Error("The server doesn't answer.");
    });
    if (response.status !== 401) return response;
    const said = await response.json();
    // While this request was on its way, another one may have asked already.
    if (sessionStorage.getItem(KEPT) === token) await (asking ??= ask(said.message, token !== null));
  }
}

let asking = null;

function ask(message, refused) {
  const [dialog, reason, input] = ["gate", "gate-reason", "gate-token"].map((id) => document.getElementById(id));
  fill(reason, refused ? "That was not it. " : "", h("span", {}, `The server says: ${message}.`));
  input.value = "";
  return new Promise((resolve) => {
    dialog.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEPT, input.value.trim());
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.oncancel = (event) => event.preventDefault();
    dialog.showModal();
  });
}

export function shopPlace(shop, ...steps) {
  return ["shops", shop, ...steps].map(encodeURIComponent).join("/");
}
