/**
 * What makes a page part of an app: its worker, word of a new version, and that nothing of
 * a person stays behind on a device that she left.
 */
const LOOK_AGAIN = 60 * 60 * 1000; // milliseconds between two looks for a new version
const KEPT_FOR = 10 * 60 * 1000; // milliseconds that shared files wait for the composer
const OF_A_PERSON = ["shared", "last read"]; // the names of caches

class AppFrame extends HTMLElement {
  #lookedAt = Date.now();

  connectedCallback() {
    const { person, out, tablet } = this.dataset;
    if (out !== undefined) this.#forget();
    else if (person) this.#keepTo(person, tablet !== undefined);
    this.#sayLanguage();
    this.querySelector("button").addEventListener("click", () => this.#renew());
    // After the page has all that it needs itself.
    if (document.readyState === "complete") this.#register();
    else addEventListener("load", () => this.#register(), { once: true });
  }

  /** Nobody is signed in here any more. Signing out clears all this too; a session that ends does not. */
  #forget() {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft ")) sessionStorage.removeItem(key);
    localStorage.removeItem("private");
    OF_A_PERSON.forEach((name) => globalThis.caches?.delete(name));
    navigator.clearAppBadge?.().catch(() => {});
    this.#unsubscribe().catch(() => {});
  }

  /** The server pushes nothing to a session that ended; the browser need not listen either. */
  async #unsubscribe() {
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  }

  /** Of others who were here nothing stays, and on a shared tablet nothing at all. */
  async #keepTo(person, isTablet) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("draft ") && !key.startsWith(`draft ${person} `)) sessionStorage.removeItem(key);
    }
    if (isTablet || localStorage.getItem("private") !== person) {
      localStorage.removeItem("private");
      globalThis.caches?.delete("last read");
    }
    const shared = await (await globalThis.caches?.match("/share/", { cacheName: "shared" }))?.json();
    if (shared && Date.now() - shared.at > KEPT_FOR) caches.delete("shared");
  }

  /** For the page that the worker shows without a connection. */
  async #sayLanguage() {
    const { lang } = document.documentElement;
    if (!globalThis.caches || localStorage.getItem("language") === lang) return;
    await (await caches.open("language")).put("/language", new Response(lang));
    localStorage.setItem("language", lang);
  }

  async #register() {
    const { serviceWorker } = navigator;
    if (!serviceWorker) return;
    const hadOne = Boolean(serviceWorker.controller);
    serviceWorker.addEventListener("message", ({ data, ports }) => data === "may leave" && ports[0].postMessage(!isTypedIn()));
    this.registration = await serviceWorker.register(this.dataset.worker, { updateViaCache: "none" }).catch(() => null);
    if (!this.registration) return;
    serviceWorker.addEventListener("controllerchange", () => hadOne && serviceWorker.controller && this.#compare(serviceWorker.controller));
    this.registration.addEventListener("updatefound", () => this.#follow(this.registration.installing));
    if (this.registration.waiting) this.#compare(this.registration.waiting);
    else this.#follow(this.registration.installing);
    document.addEventListener("visibilitychange", () => this.#look());
  }

  #look() {
    if (document.hidden || Date.now() - this.#lookedAt < LOOK_AGAIN) return;
    this.#lookedAt = Date.now();
    this.registration.update().catch(() => {});
  }

  #follow(worker) {
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) this.#compare(worker);
    });
  }

  /** A page of the worker's own build has nothing to renew; an older page says that it has. */
  async #compare(worker) {
    const version = await versionOf(worker);
    if (this.#renewing) location.reload();
    else if (version !== this.dataset.version) this.#offer();
    else if (worker.state === "installed") worker.postMessage("take over");
  }

  #renewing = false;

  #offer() {
    this.hidden = false;
  }

  /** Only when the person asks: what was typed is kept (see kept-drafts.js), and comes back. */
  #renew() {
    this.#renewing = true;
    const waiting = this.registration.waiting;
    if (waiting) waiting.postMessage("take over");
    else location.reload();
  }
}

/** Whether a form of this page holds something that nobody sent yet; a search is no loss. */
function isTypedIn() {
  return [...document.querySelectorAll("form[method=post] :is(input, textarea, select)")].some((field) => {
    if (field.type === "hidden" || field.type === "submit") return false;
    if (field.type === "file") return field.files.length > 0;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  });
}

function versionOf(worker) {
  return new Promise((told) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => told(data);
    worker.postMessage("version", [port2]);
  });
}

customElements.define("app-frame", AppFrame);
