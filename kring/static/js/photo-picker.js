/**
 * Photos for a message: sent one by one while the text is being written, each with its progress,
 * to try again, to remove, and to put in order by dragging or with its buttons.
 * Without script the form sends the chosen files itself.
 */
import { arrange } from "arrange";

const AT_ONCE = 2; // uploads that run at the same time

class PhotoPicker extends HTMLElement {
  #files = new Map(); // thumb → file that is not in yet
  #running = 0;
  #submitting = false;

  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.assets = this.querySelector("input[name=assets]");
    this.list = this.querySelector(".thumbs");
    this.words = this.#part("words").dataset;
    this.list.querySelectorAll(".thumb").forEach((thumb) => this.#equip(thumb));
    this.input.addEventListener("change", () => this.#take());
    this.addEventListener("click", (event) => this.#press(event));
    arrange(this.list, () => this.#keep());
    this.closest("form").addEventListener("submit", (event) => this.#hold(event));
    addEventListener("beforeunload", (event) => this.#files.size && !this.#submitting && event.preventDefault());
  }

  #part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  #equip(thumb) {
    thumb.append(this.#part("tools").content.cloneNode(true));
  }

  /** The chosen files become thumbs; the field is emptied, or the form would send them again. */
  #take() {
    const limit = Number(this.dataset.limit) || Infinity;
    for (const file of this.input.files) {
      if (this.list.children.length >= limit) {
        this.#say(this.words.many.replace("{count}", limit));
        break;
      }
      const thumb = this.#part("photo").content.firstElementChild.cloneNode(true);
      thumb.querySelector("img").src = URL.createObjectURL(file);
      thumb.classList.add("waiting");
      this.#equip(thumb);
      this.list.append(thumb);
      this.#files.set(thumb, file);
    }
    this.input.value = "";
    this.#next();
  }

  #next() {
    for (const [thumb, file] of this.#files) {
      if (this.#running >= AT_ONCE) break;
      if (thumb.classList.contains("waiting")) this.#send(thumb, file);
    }
    this.#tell();
  }

  #send(thumb, file) {
    this.#running += 1;
    thumb.classList.replace("waiting", "busy");
    const form = this.closest("form");
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("school", form.elements.school?.value ?? "");
    body.append("photo", file);
    const request = new XMLHttpRequest(); // fetch tells nothing of what went out
    request.open("POST", this.dataset.to);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => (thumb.querySelector("progress").value = (100 * loaded) / total);
    request.onloadend = () => this.#landed(thumb, file, request);
    thumb.request = request;
    request.send(body);
  }

  #landed(thumb, file, { status, response }) {
    this.#running -= 1;
    thumb.classList.remove("busy");
    if (thumb.isConnected && status === 201 && response?.id) {
      thumb.dataset.asset = response.id;
      thumb.querySelector("progress").remove();
      this.#files.delete(thumb);
    } else if (thumb.isConnected) {
      this.#fail(thumb, file, response);
    }
    this.#keep();
    this.#next();
    this.#release();
  }

  #fail(thumb, file, response) {
    thumb.classList.add("failed");
    const note = this.#part("problem").content.firstElementChild.cloneNode(true);
    note.querySelector("span").textContent = response?.error ?? this.words.broken.replace("{name}", file.name);
    note.thumb = thumb;
    // What the server has refused it will refuse again.
    if (response?.error) note.querySelector("button").remove();
    thumb.note = note;
    this.#part("problems").append(note);
  }

  #press({ target }) {
    const button = target.closest("button");
    const thumb = button?.closest(".thumb") ?? button?.closest(".note")?.thumb;
    if (!thumb) return;
    if (button.matches(".retry")) this.#retry(thumb);
    if (button.matches(".remove")) this.#remove(thumb);
    if (button.matches(".earlier")) this.#move(thumb, -1, button);
    if (button.matches(".later")) this.#move(thumb, 1, button);
  }

  #retry(thumb) {
    thumb.note.remove();
    thumb.classList.replace("failed", "waiting");
    this.#next();
  }

  #remove(thumb) {
    const next = thumb.nextElementSibling ?? thumb.previousElementSibling;
    this.#files.delete(thumb);
    thumb.note?.remove();
    thumb.remove();
    thumb.request?.abort();
    this.#keep();
    this.#say(this.words.removed);
    (next?.querySelector(".remove") ?? this.input).focus();
  }

  #move(thumb, by, button) {
    if (by < 0) thumb.previousElementSibling?.before(thumb);
    else thumb.nextElementSibling?.after(thumb);
    const shown = getComputedStyle(button).display === "none" ? thumb.querySelector(".remove") : button;
    shown.focus();
    this.#keep();
    const place = [...this.list.children].indexOf(thumb) + 1;
    this.#say(this.words.moved.replace("{number}", place).replace("{count}", this.list.children.length));
  }

  /** The form sends the photos that are in, in the order in which they stand. */
  #keep() {
    this.assets.value = [...this.list.querySelectorAll("[data-asset]")].map((thumb) => thumb.dataset.asset).join(",");
  }

  #tell() {
    const count = this.list.children.length;
    const left = [...this.#files.keys()].filter((thumb) => !thumb.classList.contains("failed")).length;
    if (left) this.#say(this.words.busy.replace("{number}", count - left + 1).replace("{count}", count));
    else if (count && !this.#files.size) this.#say(this.words.done);
    else this.#say("");
  }

  #say(sentence) {
    this.querySelector(":scope > [role=status]").textContent = sentence;
  }

  /** Who sends while photos are on their way waits for them; a failed one must be settled first. */
  #hold(event) {
    if (!this.#files.size) {
      this.#submitting = true;
      return;
    }
    event.preventDefault();
    const failed = this.list.querySelector(".failed");
    if (failed) {
      failed.querySelector(".remove").focus();
      this.#say(this.words.settle);
    } else event.submitter?.setAttribute("aria-busy", "true");
    this.held = failed ? null : event.submitter;
  }

  #release() {
    if (!this.held || [...this.#files.keys()].some((thumb) => !thumb.classList.contains("failed"))) return;
    this.held.removeAttribute("aria-busy");
    this.closest("form").requestSubmit(this.held);
  }
}

customElements.define("photo-picker", PhotoPicker);
