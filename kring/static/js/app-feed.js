/** The feed as a part of the app: a number on its icon, and on a private device what was last read. */
const { person, tablet } = document.querySelector("app-frame").dataset;
const all = document.querySelector("reading-marks");

/** How many messages are new, on the icon of the app; a browser without icons does nothing. */
function badge() {
  const count = document.querySelectorAll("[data-unread]").length;
  const done = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => {});
}

/** How many photos and films a message has, and whether there are films among those that it shows. */
function pictures(post) {
  const more = Number(post.querySelector(".mosaic > .more")?.dataset.more ?? 0);
  const films = Boolean(post.querySelector(".mosaic [data-kind=film]"));
  return { count: post.querySelectorAll(".mosaic > *").length + more, films };
}

/** What a document is called; its kind and size stand below that. */
const nameOf = (paper) => [...paper.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data).join("");

/** Text only, and what hangs on it by name and number, for when there is no connection: see offline-page.js. */
async function keep() {
  const posts = [...document.querySelectorAll("article.post")].map((post) => ({
    by: post.querySelector("h2").textContent,
    role: post.querySelector("header .meta").firstChild.textContent.replace(/\s·\s$/, ""),
    whom: [...post.querySelectorAll(".whom .chip")].map((one) => one.textContent).join(", "),
    at: post.querySelector("time").dateTime,
    paragraphs: [...post.querySelectorAll(".text p")].map((one) => one.innerText),
    pictures: pictures(post),
    papers: [...post.querySelectorAll(".papers .grow")].map(nameOf),
  }));
  const shelf = await caches.open("last read");
  await shelf.put("/last-read", Response.json({ person, at: Date.now(), posts }));
}

if (!location.search) {
  badge();
  if (all) new MutationObserver(badge).observe(all, { subtree: true, attributeFilter: ["data-unread"] });
  if (person && tablet === undefined && localStorage.getItem("private") === person) keep();
}
