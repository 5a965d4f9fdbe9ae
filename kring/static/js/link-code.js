/**
 * The QR of a letter leads here with the code behind the #: no server and no log ever reads that.
 * Put it in the field, take it out of the address and the history, and go on to what is still empty.
 */
class LinkCode extends HTMLElement {
  connectedCallback() {
    this.#take();
    addEventListener("hashchange", this.#take);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#take);
  }

  #take = () => {
    const code = location.hash.slice(1);
    const field = this.querySelector("input[name=code]");
    if (!/^[\w.-]{12,60}$/.test(code) || !field) return; // a place on the page, such as #main
    history.replaceState(history.state, "", location.pathname + location.search);
    field.value = code;
    this.querySelector("input[name=born_on]")?.focus();
  };
}

customElements.define("link-code", LinkCode);
