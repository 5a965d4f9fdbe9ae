/** Asks how far films are that the server makes ready: ever less often, and only while somebody looks. */
const FIRST = 1000; // milliseconds until the first question
const LONGEST = 10_000;
const GROWTH = 1.4;

export class FilmWatch {
  #ids = new Set();
  #pause = FIRST;
  #timer;

  /** @param {string} from address of the states @param {(state: object) => void} tell called for each film that is not done */
  constructor(from, tell) {
    Object.assign(this, { from, tell });
    document.addEventListener("visibilitychange", () => this.#plan(0));
  }

  add(id) {
    this.#ids.add(id);
    this.#pause = FIRST;
    this.#plan(FIRST);
  }

  remove(id) {
    this.#ids.delete(id);
  }

  #plan(after) {
    clearTimeout(this.#timer);
    if (this.#ids.size && !document.hidden) this.#timer = setTimeout(() => this.#ask(), after);
  }

  async #ask() {
    const answer = await fetch(`${this.from}?of=${[...this.#ids]}`).catch(() => null);
    const states = answer?.ok && !answer.redirected ? await answer.json().catch(() => ({})) : {};
    for (const [id, state] of Object.entries(states)) {
      if (!this.#ids.has(id)) continue;
      if (state.state !== "waiting") this.#ids.delete(id);
      this.tell(state);
    }
    this.#plan(this.#pause);
    this.#pause = Math.min(this.#pause * GROWTH, LONGEST);
  }
}
