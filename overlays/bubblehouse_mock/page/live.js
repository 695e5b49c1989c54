// What goes on in the shops while the page is looked at: their calls and their time.

import { control } from "./server.js";

const EVERY = 1000; // milliseconds
const KEPT = 500; // calls
const TIME_EVERY = 5; // rounds

// Events: "calls" (with the new ones, newest last), "cleared", "time" (each second), "lost" and "back" (the server).
export class Live extends EventTarget {
  calls = [];
  #last = 0;
  #clock = null; // what the server said, and when
  #rounds = 0;
  #lost = false;
  #turn = 0; // answers to what was asked before a restart are of no use

  async start() {
    await Promise.all([this.look(), this.setTime()]);
    setInterval(() => this.#round(), EVERY);
    document.addEventListener("visibilitychange", () => this.#round());
  }

  restart() {
    this.#turn += 1;
    this.#last = 0;
    this.calls = [];
    this.dispatchEvent(new Event("cleared"));
    return Promise.all([this.look(), this.setTime()]);
  }

  async clear() {
    await control("DELETE", "journal");
    this.#turn += 1;
    this.calls = [];
    this.dispatchEvent(new Event("cleared"));
  }

  // Asks for calls that are not known yet.
  async look() {
    const turn = this.#turn;
    const found = await control("GET", `journal?after=${this.#last}&limit=${KEPT}`);
    const fresh = turn === this.#turn ? found.filter((it) => it.number > this.#last) : [];
    if (!fresh.length) return;
    this.#last = fresh.at(-1).number;
    this.calls = [...this.calls, ...fresh].slice(-KEPT);
    this.dispatchEvent(new CustomEvent("calls", { detail: fresh }));
  }

  async setTime(said = null) {
    said ??= await control("GET", "clock");
    this.#clock = { ...said, since: performance.now() };
    this.dispatchEvent(new Event("time"));
  }

  // The time in the shops now: what the server said, and what has passed since.
  time() {
    const { now, frozen, since } = this.#clock;
    if (frozen) return { now, frozen };
    return { now: new Date(Date.parse(now) + performance.now() - since).toISOString(), frozen };
  }

  async #round() {
    if (document.hidden) return;
    if (!this.#lost) this.dispatchEvent(new Event("time"));
    try {
      if (this.#rounds++ % TIME_EVERY === 0) await this.setTime();
      await this.look();
    } catch {
      if (!this.#lost) this.dispatchEvent(new Event("lost"));
      this.#lost = true;
      return;
    }
    if (!this.#lost) return;
    this.#lost = false;
    await this.restart(); // another server may have come, which counts from one again
    this.dispatchEvent(new Event("back"));
  }
}
