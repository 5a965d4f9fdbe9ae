/** Without a connection: what was last read, where the person said that the device is private. */
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000; // milliseconds
const DAY = 24 * 60 * 60 * 1000;
const TRIED = "tried again"; // when, of this tab
const A_WHILE = 30_000; // milliseconds until it is tried again by itself

class OfflinePage extends HTMLElement {
  async connectedCallback() {
    addEventListener("online", () => location.reload());
    this.#tryOnce();
    const kept = await (await globalThis.caches?.match("/last-read", { cacheName: "last read" }))?.json();
    if (!kept) return;
    if (Date.now() - kept.at > KEPT_FOR) caches.delete("last read");
    else if (kept.posts.length) this.#show(kept);
  }

  /** The connection may be back before anybody heard of it. Not again and again, where all is slow. */
  async #tryOnce() {
    if (!navigator.onLine || Date.now() - sessionStorage.getItem(TRIED) < A_WHILE) return;
    sessionStorage.setItem(TRIED, Date.now());
    const { ok } = await fetch("/health/live", { cache: "no-store" }).catch(() => ({}));
    if (ok) location.reload();
  }

  #show({ at, posts }) {
    const section = this.#part("kept");
    section.querySelector("time").textContent = this.#said(new Date(at));
    section.append(...posts.map((post) => this.#card(post)));
    section.hidden = false;
    this.#part("nothing").hidden = true;
  }

  #card({ by, role, whom, at, paragraphs, pictures, papers = [] }) {
    const card = this.#part("post").content.firstElementChild.cloneNode(true);
    card.querySelector("h2").textContent = by;
    card.querySelector(".meta").textContent = [role, whom, this.#said(new Date(at))].filter(Boolean).join(" · ");
    card.querySelector(".text").append(
      ...paragraphs.map((text) => Object.assign(document.createElement("p"), { innerText: text })),
    );
    const hanging = [this.#counted(pictures), ...papers].filter(Boolean).join(" · ");
    if (hanging) card.append(Object.assign(document.createElement("p"), { className: "meta", textContent: hanging }));
    return card;
  }

  /** "1 photo", "5 photos", "5 photos and films": they are not here, but the message is not empty. */
  #counted({ count, films } = {}) {
    const { photo, photos, film, media } = this.#part("post").dataset;
    const [one, many] = films ? [film, media] : [photo, photos];
    return count === 1 ? one : count && many.replace("{count}", count);
  }

  /** As saying.py says it, by the clock of the school: "vandaag 14:30", "vr 12 december 14:30". */
  #said(moment) {
    const { lang } = document.documentElement;
    const { today, yesterday, zone } = this.#part("post").dataset;
    const dayOf = (one) => Date.parse(one.toLocaleDateString("sv", { timeZone: zone })); // "2026-11-22"
    const said = (how) => moment.toLocaleString(lang, { timeZone: zone, ...how });
    const day = [today, yesterday][(dayOf(new Date()) - dayOf(moment)) / DAY];
    return `${day ?? said({ weekday: "short", day: "numeric", month: "long" })} ${said({ hour: "2-digit", minute: "2-digit" })}`;
  }

  #part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }
}

customElements.define("offline-page", OfflinePage);
