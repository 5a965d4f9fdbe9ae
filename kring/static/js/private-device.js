/** The switch with which somebody says that this device is hers alone. Without script nothing is kept. */
class PrivateDevice extends HTMLElement {
  connectedCallback() {
    if (!navigator.serviceWorker || !globalThis.caches) return; // nothing could be kept here
    const { person } = document.querySelector("app-frame").dataset;
    const box = this.querySelector("input");
    box.checked = localStorage.getItem("private") === person;
    box.addEventListener("change", () => this.#turn(box.checked, person));
    this.hidden = false;
  }

  async #turn(on, person) {
    if (on) localStorage.setItem("private", person);
    else localStorage.removeItem("private");
    await caches.delete("last read");
    const status = this.querySelector("[role=status]");
    status.textContent = on ? status.dataset.on : status.dataset.off;
  }
}

customElements.define("private-device", PrivateDevice);
