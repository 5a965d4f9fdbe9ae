/**
 * Hands what the share menu of the device gave to the composer: files to its picker, as if they
 * were chosen there, and words to the text. What was shared is then gone from the device.
 */
const SHELF = "shared"; // as in service-worker.js

async function taken(key) {
  const shelf = await caches.open(SHELF);
  const told = await (await shelf.match("/share/"))?.json();
  if (told?.key !== key) return null;
  const files = await Promise.all(
    Array.from({ length: told.count }, async (_, number) => {
      const held = await shelf.match(`/share/${key}/${number}`);
      const name = decodeURIComponent(held.headers.get("X-Name"));
      return new File([await held.blob()], name, { type: held.headers.get("Content-Type") ?? "" });
    }),
  );
  return { files, words: told.words };
}

async function handOver(key) {
  const shared = await taken(key);
  await caches.delete(SHELF);
  history.replaceState(null, "", location.pathname); // a reload brings nothing again
  if (!shared) return;
  const text = document.querySelector("textarea[name=text]");
  const words = shared.words.filter((word, index, all) => all.indexOf(word) === index).join("\n");
  if (words && !text.value.includes(words)) text.value = [text.value, words].filter(Boolean).join("\n\n");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  if (shared.files.length) document.querySelector("media-picker")?.take?.(shared.files);
}

const key = new URLSearchParams(location.search).get("shared");
if (location.pathname === "/share/") globalThis.caches?.delete(SHELF); // nobody may use it
else if (key && globalThis.caches) addEventListener("load", () => handOver(key), { once: true });
