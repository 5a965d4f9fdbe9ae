/** What moves in the lightbox: a film with the browser's own player, and a picture that moves only when asked. */

/** A film; ``renew`` gives a fresh address when this one died. */
export function film(item, renew) {
  const element = document.createElement("div"); // PhotoSwipe's own element takes no pointer
  const video = document.createElement("video");
  Object.assign(video, { controls: true, playsInline: true, preload: "none", poster: item.msrc, src: item.src });
  video.setAttribute("aria-label", item.alt);
  // Some players have a button of their own to save; who may save has ours.
  if (item.save === undefined) video.setAttribute("controlsList", "nodownload");
  video.addEventListener("error", async () => {
    const [at, fresh] = [video.currentTime, await renew(item)];
    if (!fresh || fresh === video.getAttribute("src")) return;
    video.src = fresh;
    video.currentTime = at;
    video.play().catch(() => {});
  });
  element.append(video);
  const play = () => video.play().catch(() => {});
  const stop = () => video.pause();
  return { element, play, stop, turn: () => (video.paused ? play() : stop()) };
}

/** A moving picture, which stands still until it may move: each time it starts anew. */
export function animation(item, words) {
  const element = document.createElement("div");
  const image = Object.assign(new Image(), { src: item.msrc, alt: item.alt });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button dark";
  const show = (moves) => {
    image.src = moves ? item.src : item.msrc;
    button.textContent = moves ? words.pause : words.play;
    element.classList.toggle("moves", moves);
  };
  const turn = () => show(!element.classList.contains("moves"));
  button.addEventListener("click", turn);
  element.append(image, button);
  show(false);
  return { element, play: () => show(true), stop: () => show(false), turn };
}
