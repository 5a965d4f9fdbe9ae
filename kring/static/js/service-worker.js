/*
 * The worker of Kring. It keeps static files and the page for when there is no connection, takes
 * what the share menu hands over, and lets every page of a person pass: those are kept nowhere.
 * `KRING` stands above: the build, the files to keep, that page per language, and where the devices
 * are that take push messages.
 */
const FILES = `files ${KRING.version}`;
const LANGUAGE = "language"; // of the last page that was seen
const SHARED = "shared"; // from the share menu, on its way to the composer
const LAST_READ = "last read"; // on a device that is its owner's alone; see app-feed.js
const TOO_SLOW = 8000; // milliseconds that a page may take when the last one that was read is here
const ANSWERS_WITHIN = 300; // milliseconds, of a page that may sleep
const HASHED = /^\/static\/.+\.[0-9a-f]{12}\.[^/]+$/;
const PASSED_BY = /^\/(share|media|static)\//; // files, and what the server must see as it comes

addEventListener("install", (event) => event.waitUntil(prepare()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("message", (event) => hear(event));
addEventListener("fetch", (event) => answer(event));
addEventListener("push", (event) => event.waitUntil(tell(event.data)));
addEventListener("notificationclick", (event) => event.waitUntil(lookAt(event.notification)));
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAnew()));

async function prepare() {
  const files = await caches.open(FILES);
  await files.addAll([...KRING.files, ...Object.values(KRING.offline).map((url) => new Request(url, { cache: "reload" }))]);
}

/** The files of the build before this one stay: pages of it may still be open. */
async function tidy() {
  await registration.navigationPreload?.enable();
  const builds = (await caches.keys()).filter((name) => name.startsWith("files "));
  const old = builds.filter((name) => name !== FILES).slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
}

function hear({ data, ports }) {
  if (data === "version") ports[0].postMessage(KRING.version);
  if (data === "take over") skipWaiting();
}

function answer(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && url.pathname === "/share/") event.respondWith(take(request));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") {
    if (!PASSED_BY.test(url.pathname)) event.respondWith(visit(event));
  } else if (HASHED.test(url.pathname) && !request.headers.has("range")) event.respondWith(file(event));
}

/** A file whose name holds a hash of its contents never changes: once fetched, it is here. */
async function file(event) {
  const known = await caches.match(event.request);
  if (known) return known;
  const fetched = await fetch(event.request);
  if (fetched.ok) {
    const copy = fetched.clone();
    event.waitUntil(caches.open(FILES).then((files) => files.put(event.request, copy)).catch(() => {}));
  }
  return fetched;
}

/** Pages come from the server, always; without it, from here comes the page that says so. */
async function visit(event) {
  const coming = fetched(event);
  coming.catch(() => {}); // it is looked at below, and may be done before that
  try {
    return (await caches.has(LAST_READ)) ? await Promise.race([coming, late()]) : await coming;
  } catch {
    return offline();
  }
}

async function fetched(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

function late() {
  return new Promise((_, fail) => setTimeout(fail, TOO_SLOW));
}

async function offline() {
  const told = await caches.match("/language", { cacheName: LANGUAGE });
  const language = await told?.text();
  return (await caches.match(KRING.offline[language] ?? Object.values(KRING.offline)[0])) ?? Response.error();
}

/**
 * Puts what was shared on a shelf with a name that nobody can guess, and goes on to the server:
 * it tells the share menu from another website that posts a form, which cannot be told here.
 */
async function take(request) {
  try {
    const form = await request.formData();
    const key = crypto.randomUUID();
    await caches.delete(SHARED);
    const shelf = await caches.open(SHARED);
    const files = form.getAll("files").filter((one) => one instanceof File && one.size);
    const words = ["title", "text", "url"].map((name) => form.get(name)).filter((one) => typeof one === "string" && one);
    await Promise.all(files.map((one, number) => shelf.put(`/share/${key}/${number}`, held(one))));
    await shelf.put("/share/", Response.json({ key, count: files.length, words, at: Date.now() }));
    return Response.redirect(`/share/?key=${key}`, 303);
  } catch {
    await caches.delete(SHARED); // too large for this device, or half of a form
    return Response.redirect("/share/?again=1", 303);
  }
}

function held(one) {
  return new Response(one, { headers: { "Content-Type": one.type, "X-Name": encodeURIComponent(one.name) } });
}

/** A push says that there is something, and where. Of two about the same thing the last stays. */
async function tell(data) {
  const { title, body, path, tag, urgent } = data.json();
  const { icon } = KRING.push;
  await registration.showNotification(title, { body, tag, icon, badge: icon, data: path, requireInteraction: urgent });
  await navigator.setAppBadge?.().catch(() => {}); // a dot; the feed knows how many
}

/** Opens what it is about in the window of Kring that is there: unless something is being typed. */
async function lookAt(notification) {
  notification.close();
  const to = new URL(notification.data, location.origin);
  if (to.origin !== location.origin) return;
  for (const page of await clients.matchAll({ type: "window" })) {
    if (page.url === to.href) return page.focus();
    if (!(await mayLeave(page))) continue;
    const there = await page.navigate(to.href).catch(() => null);
    if (there) return there.focus();
  }
  return clients.openWindow(to.href);
}

/** Whether a page says that nothing in it would be lost; one that says nothing is left alone. */
function mayLeave(page) {
  return new Promise((answer) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => answer(data === true);
    setTimeout(answer, ANSWERS_WITHIN, false);
    page.postMessage("may leave", [port2]);
  });
}

/** The push service gave the browser another address. Where nobody is signed in, nobody is told. */
async function subscribeAnew() {
  const { key, token } = await (await fetch(KRING.push.key)).json();
  const applicationServerKey = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  await fetch(KRING.push.devices, { method: "POST", headers, body: JSON.stringify(subscription) });
}
