/** Opens the photos of a message large: to swipe, zoom and close. Without script they are plain links. */
const FRESH_FOR = 4 * 60 * 1000; // milliseconds; the addresses of photos hold for five minutes

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
    const index = this.#tiles().indexOf(tile);
    const [{ default: PhotoSwipe }, photos] = await Promise.all([import("photoswipe"), this.#photos(), styles()]);
    tile.removeAttribute("aria-busy");
    this.#show(PhotoSwipe, photos, index);
  }

  #show(PhotoSwipe, dataSource, index) {
    const words = document.getElementById("lightbox").dataset;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const opened = new PhotoSwipe({
      dataSource,
      index,
      bgOpacity: 1,
      wheelToZoom: true,
      showHideAnimationType: still ? "none" : "zoom",
      showAnimationDuration: 180,
      hideAnimationDuration: 160,
      closeTitle: words.close,
      zoomTitle: words.zoom,
      arrowPrevTitle: words.previous,
      arrowNextTitle: words.next,
      errorMsg: words.failed,
      indexIndicatorSep: " / ",
    });
    opened.init();
    opened.element.setAttribute("aria-label", words.name);
  }

  /** All of the message, also those that the mosaic leaves out, with addresses that still hold. */
  async #photos() {
    const old = Date.now() - this.#since > FRESH_FOR;
    const whole = old || this.querySelector(".more") ? await this.#renew() : null;
    const shown = this.#tiles();
    return (whole ?? shown).map((tile, index) => {
      const [width, height] = tile.dataset.size.split("x").map(Number);
      const thumb = (shown[index] ?? tile).querySelector("img:last-child");
      return { src: tile.href, width, height, alt: thumb.alt, msrc: thumb.currentSrc || thumb.src, element: shown[index], thumbCropped: true };
    });
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
    this.#tiles().forEach((tile, index) => this.#take(tile, fresh[index]));
    return fresh;
  }

  #take(tile, fresh) {
    if (!fresh) return;
    tile.href = fresh.href;
    const [image, other] = [tile, fresh].map((one) => one.querySelector("img:last-child"));
    if (!image.complete || !image.naturalWidth) {
      if (other.srcset) image.srcset = other.srcset;
      image.src = other.src;
    }
  }

  #tiles() {
    return [...this.querySelectorAll("a")];
  }
}

customElements.define("photo-lightbox", PhotoLightbox);
