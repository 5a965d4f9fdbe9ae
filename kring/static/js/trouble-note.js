/** Says that a request of htmx did not get through, so that a tap never just does nothing. */
const SHOWN_FOR = 8000; // milliseconds

class TroubleNote extends HTMLElement {
  #timer;

  connectedCallback() {
    for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
      document.body.addEventListener(name, () => this.#show());
    }
  }

  #show() {
    this.hidden = true; // so that a second time is said again
    clearTimeout(this.#timer);
    requestAnimationFrame(() => {
      this.hidden = false;
      this.#timer = setTimeout(() => (this.hidden = true), SHOWN_FOR);
    });
  }
}

customElements.define("trouble-note", TroubleNote);
