/**
 * Push messages on this device: on, off, or in words why not. The browser is asked for permission
 * only when somebody presses the button, never by itself.
 *
 * data-key: where the key of this Kring is; data-devices: who is told of a device;
 * data-on: this device, as the server knows it; data-shared: others take over this device;
 * data-hint: a hint in passing, which goes for good when told to.
 */
const DISMISSED = "push hint"; // in localStorage
const isApp = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

class PushSwitch extends HTMLElement {
  connectedCallback() {
    const presses = { on: () => this.#turnOn(), off: () => this.#turnOff(), no: () => this.#never() };
    for (const [name, act] of Object.entries(presses)) {
      this.querySelectorAll(`[data-part=${name}]`).forEach((button) => button.addEventListener("click", act));
    }
    if (this.#isHint && localStorage.getItem(DISMISSED)) this.remove();
    else this.#show();
  }

  get #isHint() {
    return "hint" in this.dataset;
  }

  async #state() {
    if ("shared" in this.dataset) return "shared";
    if (!navigator.serviceWorker || !globalThis.PushManager || !globalThis.Notification) return isApple && !isApp ? "home-screen" : "unable";
    if (Notification.permission === "denied") return "blocked";
    const registration = await navigator.serviceWorker.getRegistration();
    const subscription = await registration?.pushManager.getSubscription();
    return subscription && this.dataset.on ? "on" : "off"; // the page knows whether this session has it
  }

  async #show() {
    const state = await this.#state();
    const parts = [...this.querySelectorAll("[data-when]")];
    for (const part of parts) part.hidden = part.dataset.when !== state;
    const trial = this.querySelector("[data-part=trial]");
    if (trial) trial.action = `${this.dataset.devices}${this.dataset.on}/trial/`;
    this.hidden = !parts.some((part) => !part.hidden); // a hint says nothing where nothing can be done
    return state;
  }

  async #turnOn() {
    await this.#try(async () => {
      const known = this.#key(); // on its way while the browser asks
      known.catch(() => {});
      if ((await Notification.requestPermission()) !== "granted") return;
      const { key, token } = await known;
      const subscription = await subscribe(await navigator.serviceWorker.ready, key);
      const answer = await this.#tell("POST", token, JSON.stringify(subscription));
      this.dataset.on = (await answer.json()).device;
      if (this.#isHint) this.remove(); // it comes back where a session ended, and its device with it
    });
  }

  async #turnOff() {
    await this.#try(async () => {
      const { token } = await this.#key();
      await this.#tell("DELETE", token);
      delete this.dataset.on;
      const registration = await navigator.serviceWorker.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    });
  }

  async #key() {
    const answer = await fetch(this.dataset.key, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  async #tell(method, token, body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(this.dataset.devices, { method, headers, body });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer;
  }

  async #try(act) {
    const buttons = this.querySelectorAll("button");
    const trouble = this.querySelector("[data-part=trouble]");
    trouble.hidden = true;
    buttons.forEach((button) => (button.disabled = true));
    try {
      await act();
    } catch {
      trouble.hidden = false;
    }
    buttons.forEach((button) => (button.disabled = false));
    const had = this.contains(document.activeElement) || document.activeElement === document.body;
    const state = await this.#show();
    if (had) this.querySelector(`[data-when=${state}] button`)?.focus(); // what was pressed is gone
  }

  #never() {
    localStorage.setItem(DISMISSED, "no");
    this.remove();
  }
}

/** Subscribes; where the browser has a subscription for another key, that one goes. */
async function subscribe({ pushManager }, key) {
  const applicationServerKey = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const options = { userVisibleOnly: true, applicationServerKey };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    const old = await pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    return pushManager.subscribe(options);
  }
}

customElements.define("push-switch", PushSwitch);
