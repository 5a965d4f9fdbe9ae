/**
 * Keeps the message on the server while somebody types, so that another device can go on with it.
 * Nothing is sent while nothing changed; files go their own way (media-picker.js), here only their
 * ids. Without script there is the button.
 */
const EVERY = 10_000; // milliseconds

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.last = this.#sheet().toString();
    this.timer = setInterval(() => this.#keep(), EVERY);
    this.leave = () => this.#keep({ keepalive: true });
    this.hide = () => document.hidden && this.leave();
    this.stop = () => clearInterval(this.timer);
    addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.hide);
    this.form.addEventListener("submit", () => (this.sent = true));
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.hide);
  }

  /** The form without its files: those are up already, or on their way. */
  #sheet() {
    return new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
  }

  async #keep(how = {}) {
    const sheet = this.#sheet();
    const now = sheet.toString();
    const { text, assets } = Object.fromEntries(sheet);
    if (this.sent || this.busy || now === this.last || !(text?.trim() || assets)) return;
    this.busy = true;
    const answer = await fetch(this.dataset.to, { method: "POST", body: sheet, ...how }).catch(() => null);
    this.busy = false;
    if (answer?.ok) this.last = now;
    this.#say(answer);
  }

  async #say(answer) {
    const status = this.querySelector("[role=status]");
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    if (answer?.ok) status.textContent = this.dataset.kept.replace("{time}", time);
    else if (answer?.status === 422) status.textContent = (await answer.json()).error;
  }
}

customElements.define("draft-keeper", DraftKeeper);
