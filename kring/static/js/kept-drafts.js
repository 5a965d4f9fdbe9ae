/**
 * Keeps what is being typed to a message or comment, what is ticked beside it, and which files were
 * uploaded with it, until it is sent: a page that is loaded again, or a phone that closed it, brings
 * it back. Only in this tab, only for this person; app-frame.js throws it away when somebody leaves.
 */
const { person } = document.querySelector("app-frame").dataset;
const PAUSE = 400; // milliseconds without a key
const DESCRIPTION = "description-";
const SENDING_TAKES = 15 * 60 * 1000; // milliseconds at most

const nameOf = (form) => `draft ${person} ${new URL(form.action).pathname}`;
const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const write = (name, draft) => sessionStorage.setItem(name, JSON.stringify(draft));
const textOf = (form) => form?.elements.namedItem("text");
const boxesOf = (form) => [...form.elements].filter((one) => one.type === "checkbox");
const markOf = (box) => `${box.name}=${box.value}`;
const describing = (form) => [...form.elements].filter((one) => one.name.startsWith(DESCRIPTION) && one.value);
const isWriting = (form) => form?.method === "post" && textOf(form)?.matches?.("textarea");

const awaited = new Map(); // form → uploads of its draft that the server was not yet heard about

/** The ids of what was uploaded, in their order, and what is said to be seen on each. */
function uploadsOf(form) {
  const { assets = "", described = {} } = awaited.get(form) ?? {};
  const here = describing(form).map(({ name, value }) => [name.slice(DESCRIPTION.length), value]);
  return {
    assets: [assets, form.elements.namedItem("assets")?.value].filter(Boolean).join(","),
    described: { ...described, ...Object.fromEntries(here) },
  };
}

function keep(form) {
  const [text, uploads] = [textOf(form), uploadsOf(form)];
  if (text.value === text.defaultValue && !uploads.assets) return sessionStorage.removeItem(nameOf(form));
  const ticked = boxesOf(form).filter((box) => box.checked).map(markOf);
  const key = form.elements.namedItem("key")?.value;
  return write(nameOf(form), { base: text.defaultValue, text: text.value, ticked, key, ...uploads });
}

/** The server is asked, for a film may be ready by now and an old upload swept away. */
async function restoreUploads(form, { assets, described }) {
  const picker = form.querySelector("media-picker");
  if (!assets || !picker || form.elements.namedItem("assets").value) return;
  awaited.set(form, { assets, described });
  const answer = await fetch(`${picker.dataset.states}?of=${assets}`).catch(() => null);
  if (!answer?.ok) return; // another time
  const known = await answer.json();
  awaited.delete(form);
  const there = assets.split(",").map((id) => known[id]).filter((asset) => asset && asset.state !== "failed");
  picker.restore(there.map((asset) => ({ ...asset, description: described[asset.id] })));
}

/** Brings a draft back, unless the server sent another text to start from. */
function restore(form) {
  const draft = isWriting(form) && read(nameOf(form));
  const text = textOf(form);
  if (!draft || draft.base !== text.defaultValue || text.value !== text.defaultValue) return;
  write(nameOf(form), { ...draft, sentAt: undefined }); // it is here again, so it was not sent
  text.value = draft.text;
  // With its own key the same message is never sent twice, should it have come through after all.
  if (draft.key) form.elements.namedItem("key").value = draft.key;
  for (const box of boxesOf(form)) {
    const wanted = draft.ticked.includes(markOf(box));
    if (wanted !== box.checked) {
      box.checked = wanted;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (box.checked) box.closest("details")?.setAttribute("open", "");
  }
  restoreUploads(form, draft);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A form that was sent led on from its page to another address: then it came through. */
function settle() {
  const from = document.referrer && new URL(document.referrer).pathname;
  for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(`draft ${person} `))) {
    const { sentAt, page } = read(name);
    const isRecent = sentAt && Date.now() - sentAt < SENDING_TAKES;
    if (isRecent && from === page && !name.endsWith(` ${location.pathname}`)) sessionStorage.removeItem(name);
  }
}

let timer;
document.addEventListener("input", ({ target }) => {
  if (!isWriting(target.form)) return;
  clearTimeout(timer);
  timer = setTimeout(() => keep(target.form), PAUSE);
});
function keepAll() {
  for (const form of document.forms) if (isWriting(form) && form.dataset.sent === undefined) keep(form);
}

addEventListener("pagehide", keepAll);
document.addEventListener("visibilitychange", () => document.hidden && keepAll()); // a phone may end it so
document.addEventListener("submit", ({ target: form, defaultPrevented }) => {
  if (defaultPrevented || !isWriting(form)) return;
  clearTimeout(timer);
  keep(form);
  const draft = read(nameOf(form));
  if (draft) write(nameOf(form), { ...draft, page: location.pathname, sentAt: Date.now() });
  form.dataset.sent = "";
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!elt.matches?.("form") || !isWriting(elt)) return;
  delete elt.dataset.sent;
  if (!successful) return;
  clearTimeout(timer);
  sessionStorage.removeItem(nameOf(elt));
});

if (person) {
  settle();
  addEventListener("load", () => [...document.forms].forEach(restore), { once: true }); // htmx is ready then
}
