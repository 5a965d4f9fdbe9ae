/** Opens the photos and films of a message large: to swipe, zoom, play and close. Without script they are plain links. */
const FRESH_FOR = 4 * 60 * 1000; // milliseconds; the addresses of photos hold for five minutes
const FILLING = 8; // times as large as it is

let styled;

/** The look of the lightbox, fetched when the first photo is opened. */
function styles() {
  styled ??= new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = document.getElementById("lightbox").dataset.styles;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
  return styled;
}

/** Which picture it is, whatever the seal of its address. */
const idOf = (tile) => tile.pathname.split("/")[2];
const pictureOf = (tile) => tile.querySelector("img:last-child");
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class PhotoLightbox extends HTMLElement {
  #since = Date.now();
  #renewing;

  connectedCallback() {
    this.addEventListener("click", (event) => this.#open(event));
    this.addEventListener("error", () => this.#renew(), { capture: true }); // an address that died
  }

  async #open(event) {
    const tile = event.target.closest("a");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tile.setAttribute("aria-busy", "true");
    const parts = await Promise.all([import("photoswipe"), import("moving"), this.#items(), styles()]).catch(() => null);
    tile.removeAttribute("aria-busy");
    if (!parts) return location.assign(tile.href); // without a line, or its files are of a newer build
    const [{ default: PhotoSwipe }, moving, items] = parts;
    this.#show(PhotoSwipe, moving, items, Math.max(0, items.findIndex(({ id }) => id === idOf(tile))));
  }

  #show(PhotoSwipe, moving, dataSource, index) {
    const { content, dataset: words } = document.getElementById("lightbox");
    const bar = content.cloneNode(true).firstElementChild;
    const opened = new PhotoSwipe({
      dataSource,
      index,
      bgOpacity: 1,
      wheelToZoom: true,
      showHideAnimationType: isStill() || dataSource[index].type ? "none" : "zoom",
      showAnimationDuration: 180,
      hideAnimationDuration: 160,
      closeTitle: words.close,
      zoomTitle: words.zoom,
      arrowPrevTitle: words.previous,
      arrowNextTitle: words.next,
      errorMsg: words.failed,
      indexIndicatorSep: " / ",
      paddingFn: () => ({ top: 0, right: 0, left: 0, bottom: bar.offsetHeight }),
    });
    this.#addBar(opened, bar, words);
    this.#addMoving(opened, moving, words, index);
    keepFocus(opened);
    letGo(opened);
    opened.init();
    opened.element.setAttribute("aria-label", words.name);
    opened.element.setAttribute("aria-modal", "true");
  }

  /** Below: what is to be seen, the rule of the school on sharing, and saving where one may. */
  #addBar(opened, bar, words) {
    const [said, rule, save] = [".said", ".rule > span", ".save"].map((one) => bar.querySelector(one));
    rule.textContent = this.dataset.rule || words.rule;
    opened.on("firstUpdate", () => opened.element.append(bar));
    const tell = () => {
      const item = opened.currSlide.data;
      said.textContent = item.alt;
      said.classList.toggle("hidden", !item.described);
      // What is called "Film 1 of 2" needs no second number.
      opened.element.querySelector(".pswp__counter")?.setAttribute("aria-hidden", String(!item.described));
      save.hidden = item.save === undefined;
      if (item.save !== undefined) Object.assign(save, { href: item.save || item.src, download: this.#nameOf(item, opened.currIndex + 1) });
      opened.updateSize(true);
    };
    opened.on("change", tell);
    opened.on("afterInit", tell);
  }

  /** What a saved photo is called: the day of the message, and which of it. */
  #nameOf({ type, save }, number) {
    const moment = this.closest(".post")?.querySelector("header time")?.dateTime;
    const day = (moment ? new Date(moment) : new Date()).toLocaleDateString("sv"); // as 2026-11-22
    return `kring-${day}-${number}.${type === "film" ? "mp4" : save ? "jpg" : "webp"}`;
  }

  /** Films and moving pictures are no images to PhotoSwipe: they play while they are looked at. */
  #addMoving(opened, { film, animation }, words, first) {
    const movers = new WeakMap(); // content → what moves in it
    opened.on("contentLoad", (event) => {
      const item = event.content.data;
      if (!item.type) return;
      event.preventDefault();
      const mover = item.type === "film" ? film(item, () => this.#fresh(item)) : animation(item, words);
      mover.element.classList.add("pswp__content", "moving");
      mover.element.inert = true; // until it is looked at
      event.content.element = mover.element;
      movers.set(event.content, mover);
    });
    opened.on("contentActivate", ({ content }) => {
      const mover = movers.get(content);
      if (!mover) return;
      mover.element.inert = false;
      // Asked for by a press on its tile; what is swiped to waits for one.
      if (!isStill() && (content.data.type === "animation" || content.index === first)) mover.play();
    });
    opened.on("contentDeactivate", ({ content }) => {
      const mover = movers.get(content);
      if (!mover) return;
      mover.stop();
      mover.element.inert = true;
    });
    const current = () => movers.get(opened.currSlide?.content);
    opened.on("close", () => current()?.stop());
    // A finger on a player or a button means that, not the slide.
    opened.on("pointerDown", (event) => isOperated(event.originalEvent) && event.preventDefault());
    opened.on("keydown", (event) => {
      const { key, target } = event.originalEvent;
      if (key.startsWith("Arrow") && target.closest?.("video")) event.preventDefault();
      if (key !== " " || target.closest?.("video, button, a")) return;
      event.originalEvent.preventDefault();
      current()?.turn();
    });
  }

  /** All of the message, also those that the mosaic leaves out, with addresses that still hold. */
  async #items() {
    const old = Date.now() - this.#since > FRESH_FOR;
    const whole = old || this.querySelector(".more") ? await this.#renew() : null;
    const shown = new Map(this.#tiles().map((tile) => [idOf(tile), tile]));
    return (whole ?? this.#tiles()).map((tile) => this.#item(tile, shown.get(idOf(tile))));
  }

  #item(tile, element) {
    // A film fills the window, however small it is; a picture is never shown larger than it is.
    const [width, height] = tile.dataset.size.split("x").map((side) => side * (tile.dataset.kind === "film" ? FILLING : 1));
    const { kind, save, described } = tile.dataset;
    const thumb = pictureOf(element ?? tile);
    return {
      id: idOf(tile),
      type: kind,
      src: tile.href,
      width,
      height,
      alt: pictureOf(tile).alt,
      described: described !== undefined,
      save,
      msrc: thumb.currentSrc || thumb.src,
      element,
      thumbCropped: true,
    };
  }

  async #fresh({ id }) {
    const tiles = await this.#renew();
    return tiles?.find((tile) => idOf(tile) === id)?.href;
  }

  /** Fetches the page of the message again and takes its addresses over; null when that fails. */
  #renew() {
    this.#renewing ??= this.#fetched().finally(() => setTimeout(() => (this.#renewing = undefined), 10_000));
    return this.#renewing;
  }

  async #fetched() {
    const answer = await fetch(this.dataset.page).catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("photo-lightbox a")];
    if (!fresh.length) return null;
    this.#since = Date.now();
    const byId = new Map(fresh.map((tile) => [idOf(tile), tile]));
    this.#tiles().forEach((tile) => this.#take(tile, byId.get(idOf(tile))));
    return fresh;
  }

  #take(tile, fresh) {
    if (!fresh) return;
    tile.href = fresh.href;
    const [image, other] = [tile, fresh].map(pictureOf);
    if (!image.complete || !image.naturalWidth) {
      if (other.srcset) image.srcset = other.srcset;
      image.src = other.src;
    }
  }

  #tiles() {
    return [...this.querySelectorAll("a")];
  }
}

/** Tab goes round among what the lightbox shows; within a player the browser's own order holds. */
function keepFocus(opened) {
  opened.on("keydown", ({ originalEvent: event }) => {
    if (event.key !== "Tab") return;
    const all = [...opened.element.querySelectorAll("a[href], button, video")];
    const reached = all.filter((one) => !one.disabled && !one.closest("[inert]") && one.checkVisibility({ visibilityProperty: true }));
    const [first, last] = event.shiftKey ? [reached.at(-1), reached[0]] : [reached[0], reached.at(-1)];
    const now = document.activeElement;
    if (now !== last && now !== opened.element && opened.element.contains(now)) return;
    event.preventDefault();
    first?.focus();
  });
}

/** Closes it, too, by Escape in a player, which keeps its keys to itself, and by what goes back on a phone. */
function letGo(opened) {
  if (!("CloseWatcher" in window)) return;
  const asked = new CloseWatcher();
  asked.addEventListener("close", () => opened.close());
  opened.on("close", () => asked.destroy());
}

/** Whether a press is for a button, or for the lower part of a player, where its own are. */
function isOperated({ target, clientY }) {
  if (target.closest("button, a")) return Boolean(target.closest(".moving, .below"));
  const video = target.closest("video");
  return Boolean(video) && clientY > video.getBoundingClientRect().bottom - 64;
}

customElements.define("photo-lightbox", PhotoLightbox);
