/**
 * A form that needs a passkey: it asks the device for one, then posts what the device answers.
 *
 * data-ask: the address that says what to sign. data-make: the id of a script element with what to make.
 * It shows itself where the browser knows passkeys. webauthnJSON comes with allauth.
 */
class PasskeyForm extends HTMLElement {
  connectedCallback() {
    if (!globalThis.webauthnJSON?.supported()) return;
    this.hidden = false;
    document.querySelector("[data-without-passkeys]")?.setAttribute("hidden", "");
    const form = this.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#answer(form);
    });
  }

  async #answer(form) {
    const trouble = form.querySelector("[role=alert].note");
    const button = form.querySelector("button");
    trouble.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await this.#credential());
      form.submit();
    } catch {
      trouble.hidden = false; // refused, waited too long, or made already
      button.disabled = false;
    }
  }

  async #credential() {
    const { make, ask } = this.dataset;
    if (make) return webauthnJSON.create(JSON.parse(document.getElementById(make).textContent));
    const answer = await fetch(ask, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return webauthnJSON.get(await answer.json());
  }
}

customElements.define("passkey-form", PasskeyForm);
