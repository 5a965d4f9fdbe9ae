/**
 * Sends files to the server, some at a time. A line that broke is waited for, in pauses that grow and
 * until the device says that it is back; then the file that failed goes first.
 */
const AT_ONCE = 3; // files on their way at the same time
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds
const SILENCE = 90_000; // milliseconds without a sign of life
const TRIES = 4; // for a file over which the server stumbles
const TAKEN = 201;
const PASSING = [0, 408, 429, 502, 503, 504, 507]; // the same may work later

/** A file: waiting, busy, or failed. What is taken or removed is known here no more. */
class Item {
  state = "waiting";
  tries = 0;

  constructor(file) {
    this.file = file;
  }
}

export class Sending {
  #items = new Set();
  #pauses = 0;
  #timer = 0;

  /**
   * @param {string} to address that takes a file
   * @param {() => Record<string, string>} fields what goes along with each
   * @param told what to call: began, progress, taken, failed, stopped, paused (each with the item), resumed
   */
  constructor(to, fields, told) {
    Object.assign(this, { to, fields, told });
    addEventListener("online", () => this.resume());
  }

  add(file) {
    const item = new Item(file);
    this.#items.add(item);
    return item;
  }

  remove(item) {
    this.#items.delete(item);
    item.request?.abort();
    if (!this.#of("waiting").length) this.resume();
    else this.next();
  }

  retry(item) {
    Object.assign(item, { state: "waiting", tries: 0 });
    this.resume();
  }

  /** Files that are not in yet. */
  get left() {
    return this.#items.size;
  }

  /** Of those, the ones for which nobody needs to act. */
  get coming() {
    return this.left - this.#of("failed").length;
  }

  resume() {
    if (this.#timer) this.told.resumed();
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.next();
  }

  /** Sends what there is room for. */
  next() {
    if (this.#timer) return;
    // After a break one goes ahead; and the same one does not hold up the others for ever.
    const room = (this.#pauses ? 1 : AT_ONCE) - this.#of("busy").length;
    const waiting = this.#of("waiting").sort((one, other) => (one.tries >> 1) - (other.tries >> 1));
    for (const item of waiting.slice(0, Math.max(0, room))) this.#send(item);
  }

  #of(state) {
    return [...this.#items].filter((item) => item.state === state);
  }

  #send(item) {
    item.state = "busy";
    const body = new FormData();
    for (const [name, value] of Object.entries(this.fields())) body.append(name, value);
    body.append("file", item.file);
    const request = new XMLHttpRequest(); // fetch tells nothing of what went out
    let watch;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), SILENCE);
    };
    request.open("POST", this.to);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      this.told.progress(item, (100 * loaded) / total);
    };
    request.onloadend = () => {
      clearTimeout(watch);
      if (this.#items.has(item)) this.#landed(item, request);
    };
    item.request = request;
    alive();
    this.told.began(item);
    request.send(body);
  }

  #landed(item, { status, response }) {
    const mayComeLater = PASSING.includes(status) || (status >= 500 && item.tries + 1 < TRIES);
    if (status === TAKEN && response?.id) {
      this.#items.delete(item);
      this.#pauses = 0;
      this.told.taken(item, response);
    } else if (mayComeLater) {
      item.tries += 1;
      item.state = "waiting";
      this.told.stopped(item);
      this.#pause(item, response?.error);
    } else {
      item.state = "failed";
      this.told.failed(item, { status, sentence: response?.error });
    }
    this.next();
  }

  #pause(item, sentence) {
    if (this.#timer) return;
    const seconds = PAUSES[Math.min(this.#pauses, PAUSES.length - 1)];
    this.#pauses += 1;
    this.#timer = setTimeout(() => this.resume(), seconds * 1000);
    this.told.paused(item, sentence);
  }
}
