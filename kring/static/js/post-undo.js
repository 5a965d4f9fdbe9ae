/** Counts down the seconds in which a message can still be taken back. */
const EACH = 250; // milliseconds
const SAID_FOR = 4000; // milliseconds that "Sent" stays

class PostUndo extends HTMLElement {
  #timer;

  connectedCallback() {
    // Counted from here, not by the hands of the reader's clock: that may be wrong.
    const length = Number(this.dataset.seconds) * 1000;
    const until = performance.now() + length;
    this.#timer = setInterval(() => this.#show(until - performance.now()), EACH);
    this.#show(length);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.animate([{ scale: "1 1" }, { scale: "0 1" }], { duration: length, fill: "forwards", pseudoElement: "::after" });
    }
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show(left) {
    const words = this.querySelector("[role=timer]");
    if (left > 0) {
      words.textContent = words.dataset.waiting.replace("{seconds}", Math.ceil(left / 1000));
      return;
    }
    clearInterval(this.#timer);
    words.setAttribute("role", "status");
    words.textContent = words.dataset.sent;
    this.querySelector("button").remove();
    setTimeout(() => this.remove(), SAID_FOR);
  }
}

customElements.define("post-undo", PostUndo);
