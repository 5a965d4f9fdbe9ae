/**
 * Offers to put Kring among the apps of the device: by the browser's own question where it has one,
 * else in words. On the feed it does so to who comes back, and never again once told not to.
 */
const COMES_BACK = { days: 2, visits: 3 };

let asking; // the question of the browser, to be put when the person taps

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  asking = event;
  document.dispatchEvent(new Event("app-can-install"));
});
addEventListener("appinstalled", () => {
  asking = undefined;
  document.querySelectorAll("app-install[data-hint]").forEach((hint) => hint.remove());
});

const isApp = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

class AppInstall extends HTMLElement {
  connectedCallback() {
    this.button = this.#part("install");
    this.button?.addEventListener("click", () => this.#ask());
    this.#part("no")?.addEventListener("click", () => this.#never());
    document.addEventListener("app-can-install", () => this.#show());
    this.#show();
  }

  #part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  #show() {
    const done = this.#part("done");
    if (done) done.hidden = !isApp;
    if (this.button) this.button.hidden = !asking;
    const says = isApp ? done : asking || (isApple && "hint" in this.dataset);
    this.hidden = !says;
  }

  async #ask() {
    const question = asking;
    asking = undefined; // it can be put once
    await question.prompt();
    const { outcome } = await question.userChoice;
    if (outcome === "dismissed" && "hint" in this.dataset) this.#never();
    else this.#show();
  }

  #never() {
    localStorage.setItem("hint", "no");
    this.remove();
  }
}

customElements.define("app-install", AppInstall);

/** Counts the visits to the feed on this device, and tells whether somebody comes back. */
function comesBack() {
  const kept = localStorage.getItem("hint");
  if (kept === "no") return false;
  const known = JSON.parse(kept ?? '{"days": [], "visits": 0}');
  const days = [...new Set([...known.days, new Date().toDateString()])].slice(-COMES_BACK.days);
  const visits = Math.min(known.visits + 1, COMES_BACK.visits);
  localStorage.setItem("hint", JSON.stringify({ days, visits }));
  return days.length >= COMES_BACK.days || visits >= COMES_BACK.visits;
}

/** The hint comes after the first message, where it pushes away nothing that is being read. */
async function hint(to) {
  if (document.querySelector("app-install")) return;
  const answer = await fetch(to).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = document.querySelector("article.post") ?? document.querySelector("main").lastElementChild;
  place.after(document.adoptNode(page.querySelector("app-install")));
}

const { hint: to, tablet } = document.querySelector("app-frame").dataset;
if (to && tablet === undefined && !isApp && comesBack()) {
  if (isApple || asking) hint(to);
  else document.addEventListener("app-can-install", () => hint(to), { once: true });
}
