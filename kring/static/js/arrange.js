/** Puts the items of a list in order by dragging: a mouse drags at once, a finger after a short hold. */
const HOLD = 250; // milliseconds that a finger rests before it drags
const SLACK = 6; // pixels that are no movement yet
const EDGE = 72; // pixels from the edge of the window in which the page moves along
const PACE = 9; // pixels that it moves each frame
const OPERATED = "button, summary, label, input";

/** @param {HTMLElement} list @param {() => void} done called when an item has a new place */
export function arrange(list, done) {
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (item && event.isPrimary && event.button === 0 && !event.target.closest(OPERATED)) follow(list, item, event, done);
  });
  // The page must not scroll under a finger that drags.
  list.addEventListener("touchmove", (event) => list.querySelector(".moving") && event.preventDefault(), { passive: false });
}

function follow(list, item, start, done) {
  const ending = new AbortController();
  let last = start;
  const begin = () => {
    item.classList.add("moving");
    scroll();
  };
  const timer = start.pointerType === "mouse" ? 0 : setTimeout(begin, HOLD);

  /** While the pointer rests near an edge, for lists that are longer than the window. */
  const scroll = () => {
    if (!item.classList.contains("moving")) return;
    const by = last.clientY < EDGE ? -PACE : last.clientY > innerHeight - EDGE ? PACE : 0;
    if (by) {
      scrollBy({ top: by, behavior: "instant" });
      settle(list, item, last);
    }
    requestAnimationFrame(scroll);
  };

  const end = () => {
    clearTimeout(timer);
    ending.abort();
    if (!item.classList.contains("moving")) return;
    item.classList.remove("moving");
    done();
  };

  const move = (event) => {
    last = event;
    const far = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLACK;
    if (!item.classList.contains("moving")) {
      if (far && timer) end(); // a finger that moves at once scrolls
      else if (far) begin();
      return;
    }
    settle(list, item, event);
  };

  const listen = (name, act) => document.addEventListener(name, act, { signal: ending.signal });
  listen("pointermove", move);
  listen("pointerup", end);
  listen("pointercancel", end);
}

/** Gives the item the place of the one that the pointer is over. */
function settle(list, item, { clientX, clientY }) {
  const over = document.elementFromPoint(clientX, clientY)?.closest("li");
  if (!over || over === item || over.parentElement !== list) return;
  const items = [...list.children];
  if (items.indexOf(over) > items.indexOf(item)) over.after(item);
  else over.before(item);
}
