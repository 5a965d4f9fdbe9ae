/**
 * Photos, films and documents for a message: chosen, dropped or pasted, sent while the text is being
 * written, each with its progress, to try again, to remove, to describe, and to put in order by
 * dragging or with its buttons. Without script the form sends the chosen files itself.
 */
import { arrange } from "arrange";
import { FilmWatch } from "film-watch";
import { preview } from "preview";
import { Sending } from "sending";

const FILM = /^video\//;
const FILM_NAME = /\.(mp4|mov|m4v|webm|mkv|3gp)$/i;
const PICTURE = /^image\//;
const PICTURE_NAME = /\.(hei[cf]|jpe?g|png|webp|avif|gif)$/i;
const PIECES = /[^_.-]+[_.-]*|[_.-]+/g; // of a name, which breaks after its signs
const TOO_LARGE = 413;

/** What a file seems to be; the server decides by its content. */
function kindOf({ type, name }) {
  if (FILM.test(type) || FILM_NAME.test(name)) return "film";
  return PICTURE.test(type) || PICTURE_NAME.test(name) ? "photo" : "document";
}

/** Words with the names of files in them. */
function write(element, words) {
  element.replaceChildren(...(words.match(PIECES) ?? []).flatMap((piece) => [piece, document.createElement("wbr")]));
}

class MediaPicker extends HTMLElement {
  #items = new Map(); // row → file that is not in yet
  #submitting = false;

  connectedCallback() {
    this.form = this.closest("form");
    this.input = this.querySelector("input[type=file]");
    this.assets = this.querySelector("input[name=assets]");
    this.thumbs = this.querySelector(".thumbs");
    this.papers = this.querySelector(".papers");
    this.waits = this.form.querySelector(".waits");
    this.words = this.#part("words").dataset;
    this.#watch();
    this.#rows().forEach((row) => this.#equip(row));
    for (const list of [this.thumbs, this.papers]) arrange(list, () => this.#keep());
    this.input.addEventListener("change", () => {
      this.take(this.input.files);
      this.input.value = ""; // or the form would send them again
    });
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#type(event));
    this.addEventListener("toggle", ({ target }) => target.open && target.querySelector("input").focus(), { capture: true });
    this.#receive();
    this.form.addEventListener("submit", (event) => this.#hold(event));
    addEventListener("beforeunload", (event) => this.#rows().length && !this.#submitting && event.preventDefault());
    addEventListener("pageshow", () => (this.#submitting = false));
    this.#keep();
  }

  #watch() {
    const fields = () => ({
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value,
      school: this.form.elements.school?.value ?? "",
    });
    this.films = new FilmWatch(this.dataset.states, (state) => this.#follow(state));
    this.sending = new Sending(this.dataset.to, fields, {
      began: ({ row }) => row.classList.replace("waiting", "busy"),
      progress: ({ row }, value) => this.#show(row, value),
      taken: (item, asset) => this.#taken(item, asset),
      failed: (item, why) => this.#failed(item, why),
      stopped: ({ row }) => this.#rest(row),
      paused: (item, sentence) => this.#paused(item, sentence),
      resumed: () => this.#part("problems").querySelector(".warning")?.remove(),
    });
  }

  /** Files that were chosen, dropped, pasted or shared. */
  take(files) {
    const room = (Number(this.dataset.limit) || Infinity) - this.#rows().length;
    for (const file of [...files].slice(0, Math.max(0, room))) this.#add(file);
    this.sending.next();
    this.#keep();
    if (files.length > room) this.#say(this.words.many.replace("{count}", () => this.dataset.limit));
    else this.#tell();
  }

  /** What was uploaded before, as the server tells of it: a draft that is brought back. */
  restore(assets) {
    for (const asset of assets) {
      const row = this.#row(asset.kind, asset.name);
      this.#list(row).append(row);
      this.#taken({ row }, asset);
      if (asset.description) row.querySelector(".describe input").value = asset.description;
    }
  }

  #add(file) {
    const row = this.#row(kindOf(file), file.name);
    row.classList.add("waiting");
    this.#addBar(row, this.words.sending);
    const item = this.sending.add(file);
    item.row = row;
    this.#items.set(row, item);
    this.#list(row).append(row);
    if (row.dataset.kind === "photo") this.#draw(row, file);
  }

  /** From the device itself, until the server's own is there. */
  async #draw(row, file) {
    const canvas = await preview(file, () => this.#items.has(row)).catch(() => null);
    if (canvas && !row.querySelector("img")) row.querySelector(".picture").prepend(canvas);
  }

  #row(kind, name) {
    const row = this.#part(kind === "document" ? "paper" : "thumb").content.firstElementChild.cloneNode(true);
    Object.assign(row.dataset, { kind, name });
    this.#equip(row);
    return row;
  }

  #addBar(row, words) {
    (row.querySelector(".picture") ?? row).append(this.#part("bar").content.cloneNode(true));
    row.querySelector("progress").setAttribute("aria-label", `${words}: ${row.dataset.name}`);
  }

  #equip(row) {
    const tools = ["removing", row.dataset.kind === "document" ? "below" : "beside"];
    for (const part of tools) (row.querySelector(".picture") ?? row).append(this.#part(part).content.cloneNode(true));
    this.#call(row, row.dataset.name);
    if (row.dataset.state === "waiting") this.#make(row, 0);
  }

  /** The server may call a file otherwise than the device did. */
  #call(row, name) {
    row.dataset.name = name;
    const shown = row.querySelector(".name");
    if (shown) write(shown, name);
    for (const said of row.querySelectorAll(".tool > .hidden")) {
      said.dataset.words ??= said.textContent;
      said.textContent = said.dataset.words.replace("{name}", () => name);
    }
  }

  #list(row) {
    return row.dataset.kind === "document" ? this.papers : this.thumbs;
  }

  #show(row, value) {
    row.querySelector("progress").value = value;
  }

  /** What the server made of it may be another kind than its name promised. */
  #taken({ row: before }, asset) {
    let row = before;
    if ((asset.kind === "document") !== (before.dataset.kind === "document")) {
      row = this.#row(asset.kind, asset.name);
      before.remove();
      this.#list(row).append(row);
    }
    this.#items.delete(before);
    row.classList.remove("busy");
    row.querySelector("progress")?.remove();
    this.#call(row, asset.name);
    Object.assign(row.dataset, { asset: asset.id, kind: asset.kind, state: asset.state });
    const description = row.querySelector(".describe input");
    if (description) description.name = `description-${asset.id}`;
    else row.querySelector("small").textContent = `${asset.extension.toUpperCase()} · ${this.#size(asset.bytes)}`;
    if (asset.state === "waiting") this.#make(row, asset.progress);
    else if (asset.url) this.#picture(row, asset);
    this.#settled();
  }

  /** A film that is in is then made ready. */
  #make(row, progress) {
    if (!row.querySelector("progress")) {
      this.#addBar(row, this.words.making);
      const phase = Object.assign(document.createElement("span"), { className: "phase", textContent: this.words.making });
      row.querySelector(".picture")?.append(phase);
      this.films.add(row.dataset.asset);
    }
    this.#show(row, progress);
  }

  #follow(asset) {
    const row = this.#rows().find((one) => one.dataset.asset === asset.id);
    if (!row) return;
    row.dataset.state = asset.state;
    if (asset.state === "waiting") return this.#show(row, asset.progress);
    row.querySelector("progress")?.remove();
    row.querySelector(".phase")?.remove();
    if (asset.state === "failed") {
      delete row.dataset.asset; // the message goes without it
      this.#fail(row, asset.error, false);
    } else if (asset.url) this.#picture(row, asset);
    this.#keep();
  }

  #picture(row, { url }) {
    const image = Object.assign(new Image(), { src: url, alt: row.dataset.name, draggable: false });
    image.addEventListener("load", () => row.querySelector(".picture > :is(canvas, .plain)")?.replaceWith(image), { once: true });
    image.addEventListener("load", () => row.querySelectorAll(".picture > :is(canvas, .plain)").forEach((one) => one.remove()));
  }

  #size(bytes) {
    const unit = bytes < 1024 * 1024 ? "kB" : "MB";
    const size = Math.max(1, bytes) / (unit === "kB" ? 1024 : 1024 * 1024);
    const places = unit === "kB" || size >= 10 ? 0 : 1;
    return `${Math.max(1, size).toLocaleString(document.documentElement.lang, { maximumFractionDigits: places })} ${unit}`;
  }

  #failed({ row, file }, { status, sentence }) {
    const words = status === TOO_LARGE ? this.words.large : this.words.broken;
    // What the server has refused it will refuse again.
    this.#fail(row, sentence ?? words.replace("{name}", () => file.name), !sentence && status !== TOO_LARGE);
    this.#settled();
  }

  #fail(row, sentence, mayRetry) {
    row.classList.remove("busy", "waiting");
    row.classList.add("failed");
    const note = this.#part("problem").content.firstElementChild.cloneNode(true);
    write(note.querySelector("span"), sentence);
    if (!mayRetry) note.querySelector("button").remove();
    note.row = row;
    row.note = note;
    this.#part("problems").append(note);
  }

  /** The line is gone, or the server asks to come back later. */
  #paused({ file }, sentence) {
    const note = this.#part("line").content.firstElementChild.cloneNode(true);
    const said = note.querySelector("span");
    write(said, sentence ?? said.textContent.replace("{name}", () => file.name));
    this.#part("problems").querySelector(".warning")?.remove();
    this.#part("problems").append(note); // which is said aloud
    this.#say("");
  }

  #rest(row) {
    row.classList.replace("busy", "waiting");
    this.#show(row, 0);
  }

  #press({ target }) {
    const button = target.closest("button");
    if (button?.matches(".now")) return this.sending.resume();
    const row = button?.closest("li") ?? button?.closest(".note")?.row;
    if (!row) return;
    if (button.matches(".retry")) this.#retry(row);
    if (button.matches(".remove")) this.#remove(row);
    if (button.matches(".earlier")) this.#move(row, -1, button);
    if (button.matches(".later")) this.#move(row, 1, button);
  }

  /** A description ends with Enter, which must not send the message. */
  #type(event) {
    if (event.key !== "Enter" || !event.target.matches(".describe input")) return;
    event.preventDefault();
    const details = event.target.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
  }

  #retry(row) {
    row.note.remove();
    row.classList.replace("failed", "waiting");
    this.sending.retry(this.#items.get(row));
    row.querySelector(".remove").focus();
    this.#tell();
  }

  /** What is not wanted is not kept, and a film of it is converted no further. A failure is swept at night. */
  #takeBack(asset) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    fetch(`${this.dataset.to}${asset}/removal/`, { method: "POST", body }).catch(() => {});
  }

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const item = this.#items.get(row);
    this.#items.delete(row);
    this.films.remove(row.dataset.asset);
    if (row.dataset.asset) this.#takeBack(row.dataset.asset);
    row.note?.remove();
    row.remove();
    if (item) this.sending.remove(item);
    if (!this.sending.left) this.#part("problems").querySelector(".warning")?.remove();
    this.#settled();
    this.#say(this.words.removed.replace("{name}", () => row.dataset.name));
    (next?.querySelector(".remove") ?? this.input).focus();
  }

  #move(row, by, button) {
    if (by < 0) row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    const shown = getComputedStyle(button).display === "none" ? row.querySelector(".remove") : button;
    shown.focus();
    this.#keep();
    const all = [...row.parentElement.children];
    const words = { name: row.dataset.name, number: all.indexOf(row) + 1, count: all.length };
    this.#say(this.words.moved.replace(/\{(\w+)\}/g, (_, word) => words[word]));
  }

  /** The form sends what is in, in the order in which it stands. */
  #keep() {
    this.assets.value = this.#rows()
      .map((row) => row.dataset.asset)
      .filter(Boolean)
      .join(",");
    const isComing = ({ dataset, classList }) => dataset.kind === "film" && dataset.state !== "ready" && !classList.contains("failed");
    if (this.waits) this.waits.hidden = !this.#rows().some(isComing);
  }

  #settled() {
    this.#keep();
    this.#tell();
    if (!this.held || this.sending.coming) return;
    this.held.removeAttribute("aria-busy");
    this.form.requestSubmit(this.held);
  }

  #tell() {
    const { left, coming } = this.sending;
    const count = this.#rows().length;
    if (coming) this.#say(this.words.busy.replace("{number}", count - left + 1).replace("{count}", () => count));
    else this.#say(count && !left ? this.words.done : "");
  }

  /** Who sends while files are on their way waits for them; a failed one must be settled first. */
  #hold(event) {
    const failed = this.querySelector("li.failed");
    if (!this.sending.left && !failed) {
      this.#submitting = true;
      return;
    }
    event.preventDefault();
    this.held = failed ? null : event.submitter;
    if (failed) {
      failed.querySelector(".remove").focus();
      this.#say(this.words.settle);
    } else event.submitter?.setAttribute("aria-busy", "true");
  }

  /** Files that are let go of anywhere on the page, and pictures that are pasted. */
  #receive() {
    const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    const mark = (over) => (over ? (this.form.dataset.drop = this.words.drop) : delete this.form.dataset.drop);
    document.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget ?? mark(false));
    document.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      mark(false);
      this.take(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      const { files, types } = event.clipboardData;
      // What comes with text is a text with its picture, as from a word processor: the text is meant.
      if (!files.length || types.includes("text/plain")) return;
      event.preventDefault();
      this.take(files);
    });
  }

  #rows() {
    return [...this.thumbs.children, ...this.papers.children];
  }

  #part(name) {
    return this.querySelector(`:scope > [data-part=${name}]`);
  }

  #say(sentence) {
    this.querySelector(":scope > [role=status]").textContent = sentence;
  }
}

customElements.define("media-picker", MediaPicker);
