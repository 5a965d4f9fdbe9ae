/** Lets the card of the list become the page of its message, and the page the card again. */
const MESSAGE = /^\/posts\/([0-9a-f-]{36})\/$/;

addEventListener("pageswap", ({ viewTransition, activation }) => join(viewTransition, activation?.entry.url));
addEventListener("pagereveal", ({ viewTransition }) => join(viewTransition, globalThis.navigation?.activation?.from?.url));

/** Gives the card of the message at the other end the name that its page has in post.css. */
async function join(transition, url) {
  const id = transition && url && MESSAGE.exec(new URL(url).pathname)?.[1];
  const card = id && document.querySelector(`.posts:not(.alone) > #post-${id}`);
  if (!card) return;
  card.style.viewTransitionName = "post";
  await transition.finished;
  card.style.viewTransitionName = "";
}
