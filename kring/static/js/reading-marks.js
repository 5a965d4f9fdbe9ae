/** Tells the school which messages were in view long enough to be read; several at a time. */
const LOOKED_AT = 1000; // milliseconds in view
const TOGETHER = 2000; // milliseconds to wait for more

class ReadingMarks extends HTMLElement {
  #looking = new Map(); // text in view → timer
  #seen = new Set();
  #sending;

  connectedCallback() {
    const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), {
      // What counts is the text, well inside the screen; a long one need not fit.
      rootMargin: "-10% 0px -10% 0px",
    });
    this.querySelectorAll("[data-unread] > .text").forEach((text) => watcher.observe(text));
    addEventListener("pagehide", () => this.#send());
    document.addEventListener("visibilitychange", () => this.#pause());
  }

  #look({ target, isIntersecting }) {
    clearTimeout(this.#looking.get(target));
    this.#looking.delete(target);
    if (isIntersecting && !document.hidden) {
      this.#looking.set(target, setTimeout(() => this.#read(target), LOOKED_AT));
    }
  }

  #pause() {
    for (const [text, timer] of this.#looking) {
      clearTimeout(timer);
      if (!document.hidden) this.#looking.set(text, setTimeout(() => this.#read(text), LOOKED_AT));
    }
    if (document.hidden) this.#send();
  }

  #read(text) {
    this.#looking.delete(text);
    const post = text.parentElement;
    if (!post.hasAttribute("data-unread")) return;
    this.#seen.add(post);
    this.#sending ??= setTimeout(() => this.#send(), TOGETHER);
  }

  async #send() {
    clearTimeout(this.#sending);
    this.#sending = undefined;
    const posts = [...this.#seen];
    if (!posts.length) return;
    this.#seen.clear();
    const body = new FormData(document.getElementById("act"));
    posts.forEach((post) => body.append("post", post.id.replace("post-", "")));
    const answer = await fetch(this.dataset.to, { method: "POST", body, keepalive: true }).catch(() => null);
    posts.forEach((post) => (answer?.ok ? this.#mark(post) : this.#seen.add(post)));
  }

  #mark(post) {
    post.removeAttribute("data-unread");
    const mark = post.querySelector(".new");
    mark?.replaceWith(document.getElementById("read-mark").content.cloneNode(true));
  }
}

customElements.define("reading-marks", ReadingMarks);
