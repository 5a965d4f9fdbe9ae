/** Pictures side by side: each shows a blur of itself until it is there. Without script, its main colour. */
const near = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach(({ target }) => blur(target)), {
  rootMargin: "50% 0px",
});

async function blur(tile) {
  near.unobserve(tile);
  const colour = tile.querySelector("svg.under");
  const picture = tile.querySelector("img:last-child");
  const { thumbHashToDataURL } = await import("thumbhash");
  if (!colour.isConnected || (picture.complete && picture.naturalWidth)) return;
  const image = new Image();
  image.className = "under";
  image.alt = "";
  image.src = thumbHashToDataURL(Uint8Array.from(atob(colour.dataset.hash), (one) => one.charCodeAt(0)));
  colour.replaceWith(image);
}

class PhotoMosaic extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("a:has(> svg.under)").forEach((tile) => near.observe(tile));
  }

  disconnectedCallback() {
    this.querySelectorAll("a").forEach((tile) => near.unobserve(tile));
  }
}

customElements.define("photo-mosaic", PhotoMosaic);
