/* A shared tablet that nobody touches for a while locks itself: the form in here is sent. */
const SIGNS = ["pointerdown", "keydown", "scroll", "touchstart"];

class TabletLock extends HTMLElement {
  connectedCallback() {
    this.touch = () => {
      this.touchedAt = Date.now();
    };
    this.touch();
    for (const sign of SIGNS) addEventListener(sign, this.touch, { passive: true });
    this.timer = setInterval(() => this.look(), 5000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    for (const sign of SIGNS) removeEventListener(sign, this.touch);
  }

  look() {
    const seconds = Number(this.dataset.after);
    if (Date.now() - this.touchedAt > seconds * 1000) this.querySelector("form").requestSubmit();
  }
}

customElements.define("tablet-lock", TabletLock);
